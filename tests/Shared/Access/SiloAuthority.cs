using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Tests.Access;

/// <summary>An authority of silos in a directory, and the certificates that it issues.</summary>
sealed class SiloAuthority : IDisposable
{
    readonly string _directory;
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly X509Certificate2 _certificate;

    public SiloAuthority(string directory, string name)
    {
        _directory = Directory.CreateDirectory(Path.Combine(directory, name)).FullName;
        var request = new CertificateRequest($"CN=TEST ONLY {name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-2),
            DateTimeOffset.UtcNow.AddDays(30)
        );
        File.WriteAllText(AuthorityFile, _certificate.ExportCertificatePem());
    }

    public string AuthorityFile => Path.Combine(_directory, "authority.pem");

    /// <summary>Issues a silo's certificate; with the same name in place of the one before.</summary>
    public SiloTlsOptions Issue(string silo, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={silo}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false)
        );
        using var issued = request.Create(
            _certificate,
            DateTimeOffset.UtcNow.AddDays(-1),
            until ?? DateTimeOffset.UtcNow.AddDays(29),
            RandomNumberGenerator.GetBytes(8)
        );
        var options = new SiloTlsOptions
        {
            CertificateFile = Path.Combine(_directory, $"{silo}.pem"),
            KeyFile = Path.Combine(_directory, $"{silo}.key"),
            AuthorityFile = AuthorityFile,
        };
        File.WriteAllText(options.CertificateFile, issued.ExportCertificatePem());
        File.WriteAllText(options.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return options;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
