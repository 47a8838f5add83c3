namespace ClearanceEngine.Silo.Accounts;

/// <summary>A key that signs tokens, as it is stored.</summary>
sealed class SigningKeyRow
{
    /// <summary>One more than its predecessor's: of two silos that make the next one at once, one finds it taken.</summary>
    public int Number { get; set; }

    /// <summary>From then on it signs, Unix milliseconds. Until then others may not know it.</summary>
    public long SignsFrom { get; set; }

    /// <summary>The private key, encrypted with the key of the state (PKCS #8).</summary>
    public byte[] Wrapped { get; set; } = [];
}
