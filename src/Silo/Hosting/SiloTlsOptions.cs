using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Mutual TLS between silos (and with Orleans clients, where the gateway is open). All three files or none. Files that
/// are renewed in place are taken for the next connection, without a restart.
/// </summary>
public sealed class SiloTlsOptions
{
    /// <summary>PEM file with this silo's certificate, for server and client authentication. Default none: no TLS.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with its private key, not encrypted; mount it so that only the silo reads it.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>PEM file with the authority that issued the certificates of all silos, its intermediates included. Whoever holds a certificate of it may join: let it issue for silos only.</summary>
    public string AuthorityFile { get; set; } = "";

    internal bool IsOn => CertificateFile.Length > 0;

    internal string? Fault()
    {
        (string Name, string Path)[] files =
        [
            ("CertificateFile", CertificateFile),
            ("KeyFile", KeyFile),
            ("AuthorityFile", AuthorityFile),
        ];
        if (files.All(f => f.Path.Length == 0))
            return null;
        foreach (var (name, path) in files)
        {
            if (path.Length == 0)
                return $"Engine:Tls:{name} is empty; give CertificateFile, KeyFile and AuthorityFile, or none of them.";
            if (!File.Exists(path))
                return $"Engine:Tls:{name} {path} does not exist; mount it or correct the path.";
        }
        return CertificateFault();
    }

    string? CertificateFault()
    {
        try
        {
            var certificates = new SiloCertificates(this);
            return certificates.IsOfOurs(certificates.Own())
                ? null
                : $"Engine:Tls:CertificateFile {CertificateFile} is not valid now or was not issued by Engine:Tls:AuthorityFile {AuthorityFile}: the other silos would refuse it.";
        }
        catch (Exception e)
            when (e
                    is CryptographicException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return $"Engine:Tls: {CertificateFile}, {KeyFile} or {AuthorityFile} cannot be used: {e.Message}";
        }
    }
}
