namespace ClearanceEngine.Storage.Forms;

/// <summary>Bytes that are appended to, and used again.</summary>
sealed class GrowingBytes
{
    /// <summary>Most bytes of a number.</summary>
    public const int LongestNumber = 10;

    /// <summary>A buffer that had to grow beyond this is not kept.</summary>
    const int LargestKept = 256 * 1024;

    byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > LargestKept)
            _bytes = new byte[1024];
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    public void Number(ulong value) => Length += WriteNumber(Room(LongestNumber), value);

    /// <summary>Room behind what is there; <see cref="Advance"/> takes it in.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        return _bytes.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    /// <summary>Puts the length of what was appended since <paramref name="begun"/> before it.</summary>
    public void PrefixLength(int begun)
    {
        var length = Length - begun;
        Span<byte> prefix = stackalloc byte[LongestNumber];
        prefix = prefix[..WriteNumber(prefix, (ulong)length)];

        _ = Room(prefix.Length);
        _bytes.AsSpan(begun, length).CopyTo(_bytes.AsSpan(begun + prefix.Length));
        prefix.CopyTo(_bytes.AsSpan(begun));
        Length += prefix.Length;
    }

    public static int WriteNumber(Span<byte> to, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
            to[at++] = (byte)(value | 0x80);
        to[at++] = (byte)value;
        return at;
    }
}
