using System.Numerics;

namespace ClearanceEngine.Recovery;

/// <summary>Slices of a list that the silos share out among each other; each item is in one, by its key.</summary>
/// <param name="Bits">A bit for each slice.</param>
[GenerateSerializer, Immutable, Alias("clearance.recovery.slices")]
public readonly record struct SliceSet([property: Id(0)] ulong Bits)
{
    /// <summary>Slices of a list: several for each silo, however many there are.</summary>
    public const int Slices = 64;

    public static SliceSet None => default;

    public static SliceSet All => new(ulong.MaxValue);

    public int Count => BitOperations.PopCount(Bits);

    public bool Contains(int slice) => (Bits & (1UL << slice)) != 0;

    public SliceSet With(int slice) => new(Bits | (1UL << slice));

    /// <summary>The slice of an item: the same on every silo, which a string's own hash is not.</summary>
    public static int Of(string key)
    {
        var hash = 2_166_136_261U; // FNV-1a
        foreach (var c in key)
            hash = (hash ^ c) * 16_777_619U;
        return (int)(hash >> 26);
    }
}
