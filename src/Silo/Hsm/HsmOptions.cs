using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Which token signs.</summary>
public enum HsmProvider
{
    /// <summary>Keys in files, made at first use: for development only.</summary>
    Development,

    Pkcs11,
}

/// <summary>Which identifiers SM2 signatures carry; public sources disagree.</summary>
public enum Sm2Identifiers
{
    /// <summary>Those of SPEC22, chapter 6, with SM3 as digest.</summary>
    Spec22,

    /// <summary>Those of a widespread public client: another method URI, SHA-1 as digest.</summary>
    PublicClient,
}

/// <summary>The signing token and how it is used.</summary>
public sealed class HsmOptions
{
    /// <summary>Default development.</summary>
    public HsmProvider Provider { get; set; } = HsmProvider.Development;

    /// <summary>Development: directory of the key files. Default <c>data/token</c>.</summary>
    public string Directory { get; set; } = "data/token";

    /// <summary>Algorithm that keys are used with. Default RSA-SHA1, which SoftHSM and xmlsec1 know too.</summary>
    public SignatureAlgorithm Algorithm { get; set; } = SignatureAlgorithm.RsaSha1;

    /// <summary>Algorithm of single participants, by code, where it differs.</summary>
    public Dictionary<string, SignatureAlgorithm> Algorithms { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Identifiers of SM2 signatures. Default those of SPEC22.</summary>
    public Sm2Identifiers Sm2Identifiers { get; set; } = Sm2Identifiers.Spec22;

    /// <summary>PKCS#11: path of the module.</summary>
    public string ModulePath { get; set; } = "";

    /// <summary>PKCS#11: label of the token.</summary>
    public string TokenLabel { get; set; } = "";

    /// <summary>PKCS#11: user PIN; or give <see cref="PinFile"/>.</summary>
    public string Pin { get; set; } = "";

    /// <summary>PKCS#11: file that holds the PIN (a mounted secret); read at each login, so that a corrected PIN needs no restart.</summary>
    public string PinFile { get; set; } = "";

    /// <summary>PKCS#11: directory with certificates in PEM or DER for keys that have none in the token; a file's name begins with the participant's code, then a dot. Empty: only the token is looked at.</summary>
    public string CertificateDirectory { get; set; } = "";

    /// <summary>PKCS#11: a key and its certificate are looked up again after this time, so that renewed certificates are taken without a restart. Default 5 min.</summary>
    public TimeSpan KeyCacheTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>PKCS#11: a participant without a key is looked up again after this time. Default 15 s.</summary>
    public TimeSpan MissingKeyCacheTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Who needs a key that is not known yet, to sign or to check a signature, waits so long for the token; then it is told to try again, and nothing is refused. Default 3 s.</summary>
    public TimeSpan LookupTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Sessions this silo would like to have; the pool gives what the token admits. Default 4.</summary>
    public int Sessions { get; set; } = 4;

    /// <summary>A session that hangs in the device for longer than <see cref="Timeout"/> is abandoned and keeps its permit; in place of so many the pool is asked for others. Default 4.</summary>
    public int HungSessions { get; set; } = 4;

    /// <summary>Signatures that wait at once; more are refused as "try again". Default 5,000.</summary>
    public int QueueLimit { get; set; } = 5_000;

    /// <summary>A signature that waited this long is refused as "try again"; a token that does not answer this long counts as away. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Each signature is verified with its certificate before anything leaves with it. Default true.</summary>
    public bool SelfCheck { get; set; } = true;

    /// <summary>The first of so many signed messages is verified as a whole, as its receiver does it: digest, canonical form and all. 1 verifies each, 0 none. Default 100.</summary>
    public int CheckWholeEvery { get; set; } = 100;

    /// <summary>The profile that a participant's key is used with.</summary>
    internal SignatureProfile ProfileOf(string participantCode)
    {
        var algorithm = Algorithms.TryGetValue(participantCode, out var own) ? own : Algorithm;
        return algorithm == SignatureAlgorithm.Sm2Sm3 && Sm2Identifiers == Sm2Identifiers.PublicClient
            ? SignatureProfile.Sm2Sha1Variant
            : SignatureProfile.Of(algorithm);
    }

    internal string? Fault() =>
        !Enum.IsDefined(Provider)
        || !Enum.IsDefined(Algorithm)
        || !Enum.IsDefined(Sm2Identifiers)
        || Algorithms.Values.Any(a => !Enum.IsDefined(a))
            ? "Hsm: Provider, Algorithm, Algorithms or Sm2Identifiers has a value that does not exist."
        : Provider == HsmProvider.Pkcs11 && ModulePath.Length == 0
            ? "Hsm:ModulePath is empty; name the PKCS#11 module."
        : Provider == HsmProvider.Pkcs11 && Path.IsPathRooted(ModulePath) && !File.Exists(ModulePath)
            ? $"Hsm:ModulePath {ModulePath} does not exist; install the module or correct the path."
        : Provider == HsmProvider.Pkcs11 && TokenLabel.Length == 0
            ? "Hsm:TokenLabel is empty; name the token."
        : Provider == HsmProvider.Pkcs11 && Pin.Length == 0 == (PinFile.Length == 0)
            ? "Hsm: give either Pin or PinFile."
        : Provider == HsmProvider.Pkcs11 && PinFile.Length > 0 && !File.Exists(PinFile)
            ? $"Hsm:PinFile {PinFile} does not exist; mount the secret or correct the path."
        : Provider == HsmProvider.Pkcs11
        && CertificateDirectory.Length > 0
        && !System.IO.Directory.Exists(CertificateDirectory)
            ? $"Hsm:CertificateDirectory {CertificateDirectory} does not exist."
        : Provider == HsmProvider.Pkcs11
        && (Algorithm == SignatureAlgorithm.Sm2Sm3 || Algorithms.ContainsValue(SignatureAlgorithm.Sm2Sm3))
            ? "Hsm: PKCS#11 has no standard SM2 mechanism; use RsaSha1 or RsaSha256 with the Pkcs11 provider."
        : Provider == HsmProvider.Development && Directory.Length == 0 ? "Hsm:Directory is empty."
        : Sessions < 1 || QueueLimit < 1 || CheckWholeEvery < 0 || HungSessions < 0
            ? "Hsm: Sessions and QueueLimit must be at least 1, CheckWholeEvery and HungSessions not below 0."
        : Timeout <= TimeSpan.Zero
        || LookupTime <= TimeSpan.Zero
        || KeyCacheTime <= TimeSpan.Zero
        || MissingKeyCacheTime <= TimeSpan.Zero
            ? "Hsm: Timeout, LookupTime, KeyCacheTime and MissingKeyCacheTime must be above 0."
        : null;
}
