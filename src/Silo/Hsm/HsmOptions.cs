using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Which token signs.</summary>
public enum HsmProvider
{
    /// <summary>Keys in files, made at first use: for development only.</summary>
    Development,

    Pkcs11,
}

/// <summary>The signing token and how it is used.</summary>
public sealed class HsmOptions
{
    /// <summary>Default development.</summary>
    public HsmProvider Provider { get; set; } = HsmProvider.Development;

    /// <summary>Development: directory of the key files. Default <c>data/token</c>.</summary>
    public string Directory { get; set; } = "data/token";

    /// <summary>Development: algorithm of new keys. Default RSA-SHA1, which SoftHSM and xmlsec1 know too.</summary>
    public SignatureAlgorithm Algorithm { get; set; } = SignatureAlgorithm.RsaSha1;

    /// <summary>Algorithm of single participants, by code, where it differs.</summary>
    public Dictionary<string, SignatureAlgorithm> Algorithms { get; set; } = new(StringComparer.Ordinal);

    /// <summary>PKCS#11: path of the module.</summary>
    public string ModulePath { get; set; } = "";

    /// <summary>PKCS#11: label of the token.</summary>
    public string TokenLabel { get; set; } = "";

    /// <summary>PKCS#11: user PIN; or give <see cref="PinFile"/>.</summary>
    public string Pin { get; set; } = "";

    /// <summary>PKCS#11: file that holds the PIN (a mounted secret).</summary>
    public string PinFile { get; set; } = "";

    /// <summary>Sessions this silo would like to have; the pool gives what the token admits. Default 4.</summary>
    public int Sessions { get; set; } = 4;

    /// <summary>Signatures that wait at once; more are refused as "try again". Default 5,000.</summary>
    public int QueueLimit { get; set; } = 5_000;

    /// <summary>A signature that waited this long is refused as "try again". Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal string? Fault() =>
        Provider == HsmProvider.Pkcs11 && ModulePath.Length == 0 ? "Hsm:ModulePath is empty; name the PKCS#11 module."
        : Provider == HsmProvider.Pkcs11 && TokenLabel.Length == 0 ? "Hsm:TokenLabel is empty; name the token."
        : Provider == HsmProvider.Pkcs11 && Pin.Length == 0 && PinFile.Length == 0 ? "Hsm: give Pin or PinFile."
        : Provider == HsmProvider.Development && Directory.Length == 0 ? "Hsm:Directory is empty."
        : Sessions < 1 || QueueLimit < 1 ? "Hsm: Sessions and QueueLimit must be at least 1."
        : Timeout <= TimeSpan.Zero ? "Hsm:Timeout must be above 0."
        : null;
}
