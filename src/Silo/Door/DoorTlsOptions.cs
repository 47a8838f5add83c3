using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// TLS of the HTTP door, for https addresses in <c>Urls</c>. Both files or none. Files that are renewed in place are taken for the
/// next connection, without a restart.
/// </summary>
public sealed class DoorTlsOptions : IValidatableObject
{
    /// <summary>PEM file with the door's certificate, then its intermediates. Default none: the door speaks http, and TLS ends before it.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with its private key, not encrypted; mount it so that only the engine reads it.</summary>
    public string KeyFile { get; set; } = "";

    internal bool IsOn => CertificateFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var faults = SettingFile.FaultsOfAllOrNone(
            "两个文件应全给或全不给。It is empty; give CertificateFile and KeyFile, or neither.",
            (nameof(CertificateFile), CertificateFile),
            (nameof(KeyFile), KeyFile)
        );
        return faults.Length > 0 || !IsOn ? faults : CertificateFaults();
    }

    ValidationResult[] CertificateFaults()
    {
        try
        {
            _ = new DoorCertificate(this).Context();
            return [];
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return
            [
                new ValidationResult(
                    $"与 KeyFile 不能一起使用：应为 PEM，私钥不加密且与证书相符。It cannot be used with KeyFile {KeyFile}: both must be PEM, the key not encrypted and that of the first certificate.",
                    [nameof(CertificateFile)]
                ),
            ];
        }
    }
}
