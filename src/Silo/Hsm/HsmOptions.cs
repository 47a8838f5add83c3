using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Which token signs.</summary>
public enum HsmProvider
{
    /// <summary>Keys in files, made at first use: for development only.</summary>
    Development,

    /// <summary>An HSM or a card, by its vendor's PKCS#11 module.</summary>
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
public sealed class HsmOptions : IValidatableObject
{
    /// <summary>Which token signs for participants that sign through the platform. Default development.</summary>
    public HsmProvider Provider { get; set; } = HsmProvider.Development;

    /// <summary>Development: directory of the key files. Default <c>token</c> in <c>Engine:DataDirectory</c>.</summary>
    public string Directory { get; set; } = "data/token";

    /// <summary>Algorithm that keys are used with. Default RSA-SHA1, which SoftHSM and xmlsec1 know too.</summary>
    public SignatureAlgorithm Algorithm { get; set; } = SignatureAlgorithm.RsaSha1;

    /// <summary>Algorithm of single participants, by code, where it differs.</summary>
    public Dictionary<string, SignatureAlgorithm> Algorithms { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Identifiers of SM2 signatures. Default those of SPEC22.</summary>
    public Sm2Identifiers Sm2Identifiers { get; set; } = Sm2Identifiers.Spec22;

    /// <summary>PKCS#11: path of the module, a shared library of the token's vendor; a bare name is left to the system's loader. Required with Pkcs11.</summary>
    public string ModulePath { get; set; } = "";

    /// <summary>PKCS#11: label of the token, as its vendor's tool shows it. Required with Pkcs11.</summary>
    public string TokenLabel { get; set; } = "";

    /// <summary>PKCS#11: user PIN. Give it by the environment, or give <see cref="PinFile"/> in its place.</summary>
    [DataType(DataType.Password)]
    public string Pin { get; set; } = "";

    /// <summary>PKCS#11: file that holds the PIN (a mounted secret); read at each login, so that a corrected PIN needs no restart.</summary>
    public string PinFile { get; set; } = "";

    /// <summary>PKCS#11: directory with certificates in PEM or DER for keys that have none in the token; a file's name begins with the participant's code, then a dot. Empty: only the token is looked at.</summary>
    public string CertificateDirectory { get; set; } = "";

    /// <summary>PKCS#11: a key and its certificate are looked up again after this time, so that renewed certificates are taken without a restart. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan KeyCacheTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>PKCS#11: a participant without a key is looked up again after this time. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MissingKeyCacheTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Who needs a key that is not known yet, to sign or to check a signature, waits so long for the token; then it is told to try again, and nothing is refused. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan LookupTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Sessions this silo would like to have; the pool gives what the token admits. Default 4.</summary>
    [Range(1, 10_000)]
    public int Sessions { get; set; } = 4;

    /// <summary>A session that hangs in the device for longer than <see cref="Timeout"/> is abandoned and keeps its permit; in place of so many the pool is asked for others. Default 4.</summary>
    [Range(0, 10_000)]
    public int HungSessions { get; set; } = 4;

    /// <summary>Signatures that wait at once; more are refused as "try again". Default 5,000.</summary>
    [Range(1, 10_000_000)]
    public int QueueLimit { get; set; } = 5_000;

    /// <summary>A signature that waited this long is refused as "try again"; a token that does not answer this long counts as away. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Each signature is verified with its certificate before anything leaves with it. Default true.</summary>
    public bool SelfCheck { get; set; } = true;

    /// <summary>The first of so many signed messages is verified as a whole, as its receiver does it: digest, canonical form and all. 1 verifies each, 0 none. Default 100.</summary>
    [Range(0, int.MaxValue)]
    public int CheckWholeEvery { get; set; } = 100;

    /// <summary>The profile that a participant's key is used with.</summary>
    internal SignatureProfile ProfileOf(string participantCode)
    {
        var algorithm = Algorithms.TryGetValue(participantCode, out var own) ? own : Algorithm;
        return algorithm == SignatureAlgorithm.Sm2Sm3 && Sm2Identifiers == Sm2Identifiers.PublicClient
            ? SignatureProfile.Sm2Sha1Variant
            : SignatureProfile.Of(algorithm);
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Provider switch
        {
            HsmProvider.Development when Directory.Length == 0 =>
            [
                Fault(nameof(Directory), "不可为空。It must not be empty: the keys' files lie there."),
            ],
            HsmProvider.Pkcs11 =>
            [
                .. FaultsOfModule(),
                .. FaultsOfPin(),
                .. FaultsOfAlgorithms(),
                .. FaultsOfCertificates(),
            ],
            _ => [],
        };

    IEnumerable<ValidationResult> FaultsOfModule()
    {
        if (ModulePath.Length == 0)
            yield return Fault(
                nameof(ModulePath),
                "不可为空，请填写 PKCS#11 模块路径。It must not be empty: name the PKCS#11 module of the token's vendor."
            );
        // A bare name is left to the system's loader.
        else if (Path.IsPathRooted(ModulePath))
        {
            foreach (var fault in SettingFile.Faults(nameof(ModulePath), ModulePath))
                yield return fault;
        }
        if (TokenLabel.Length == 0)
            yield return Fault(
                nameof(TokenLabel),
                "不可为空，请填写令牌标签。It must not be empty: name the token by its label."
            );
    }

    IEnumerable<ValidationResult> FaultsOfPin()
    {
        if (Pin.Length == 0 == (PinFile.Length == 0))
        {
            yield return Fault(
                nameof(PinFile),
                "Pin 与 PinFile 应给且只给其一。Give either Hsm:Pin or Hsm:PinFile, and not both."
            );
            yield break;
        }
        if (PinFile.Length == 0)
            yield break;
        var (bytes, fault) = SettingFile.Read(PinFile);
        if (fault is not null)
            yield return Fault(nameof(PinFile), fault);
        else if (System.Text.Encoding.UTF8.GetString(bytes).Trim().Length == 0)
            yield return Fault(nameof(PinFile), "文件中没有 PIN。The file holds no PIN.");
    }

    IEnumerable<ValidationResult> FaultsOfAlgorithms()
    {
        const string NoSm2 =
            "PKCS#11 没有标准的 SM2 机制，请用 RsaSha1 或 RsaSha256。PKCS#11 has no standard SM2 mechanism; use RsaSha1 or RsaSha256 with the Pkcs11 provider.";
        if (Algorithm == SignatureAlgorithm.Sm2Sm3)
            yield return Fault(nameof(Algorithm), NoSm2);
        foreach (var (participant, _) in Algorithms.Where(a => a.Value == SignatureAlgorithm.Sm2Sm3))
            yield return Fault($"{nameof(Algorithms)}:{participant}", NoSm2);
    }

    IEnumerable<ValidationResult> FaultsOfCertificates()
    {
        if (CertificateDirectory.Length == 0)
            yield break;
        if (!System.IO.Directory.Exists(CertificateDirectory))
        {
            yield return Fault(
                nameof(CertificateDirectory),
                "目录不存在。The directory does not exist; make it or correct the path."
            );
            yield break;
        }
        foreach (var file in CertificateFile.In(CertificateDirectory).Where(f => !CertificateFile.Holds(f)))
            yield return Fault(
                nameof(CertificateDirectory),
                $"文件 {Path.GetFileName(file)} 中没有证书。Its file {Path.GetFileName(file)} holds no certificate (PEM or DER)."
            );
    }

    static ValidationResult Fault(string name, string text) => new(text, [name]);
}
