using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Silo.Door;

/// <summary>The door's certificate with its intermediates, read again when its files have changed.</summary>
sealed class DoorCertificate(DoorTlsOptions options)
{
    readonly RenewedFiles<SslStreamCertificateContext> _context = new(
        [options.CertificateFile, options.KeyFile],
        texts => Make(texts[0], texts[1])
    );

    /// <summary>As a connection takes it.</summary>
    /// <exception cref="CryptographicException">The files do not hold one, and never did.</exception>
    public SslStreamCertificateContext Context() => _context.Value();

    static SslStreamCertificateContext Make(string certificates, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        // Offline: nothing is fetched from whoever is named in the certificate.
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPem(certificates, key),
            chain,
            offline: true
        );
    }
}
