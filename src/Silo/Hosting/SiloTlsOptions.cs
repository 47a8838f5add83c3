using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Mutual TLS between silos (and with Orleans clients, where the gateway is open). All three files or none. Files that
/// are renewed in place are taken for the next connection, without a restart.
/// </summary>
public sealed class SiloTlsOptions : IValidatableObject
{
    /// <summary>PEM file with this silo's certificate, for server and client authentication. Default none: no TLS.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with its private key, not encrypted; mount it so that only the silo reads it.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>PEM file with the authority that issued the certificates of all silos, its intermediates included. Whoever holds a certificate of it may join: let it issue for silos only.</summary>
    public string AuthorityFile { get; set; } = "";

    internal bool IsOn => CertificateFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var faults = SettingFile.FaultsOfAllOrNone(
            "三个文件应全给或全不给。It is empty; give CertificateFile, KeyFile and AuthorityFile, or none of them.",
            (nameof(CertificateFile), CertificateFile),
            (nameof(KeyFile), KeyFile),
            (nameof(AuthorityFile), AuthorityFile)
        );
        return faults.Length > 0 || !IsOn ? faults : CertificateFaults();
    }

    ValidationResult[] CertificateFaults()
    {
        try
        {
            var certificates = new SiloCertificates(this);
            return certificates.IsOfOurs(certificates.Own())
                ? []
                :
                [
                    new ValidationResult(
                        $"证书现在无效，或不是由 AuthorityFile 签发，其他 silo 会拒绝它。It is not valid now, or was not issued by Engine:Tls:AuthorityFile {AuthorityFile}: the other silos would refuse it.",
                        [nameof(CertificateFile)]
                    ),
                ];
        }
        catch (Exception e)
            when (e
                    is CryptographicException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return
            [
                new ValidationResult(
                    $"与 KeyFile、AuthorityFile 不能一起使用：应为 PEM，私钥不加密且与证书相符。It cannot be used with KeyFile {KeyFile} and AuthorityFile {AuthorityFile}: all must be PEM, the key not encrypted and that of the certificate.",
                    [nameof(CertificateFile)]
                ),
            ];
        }
    }
}
