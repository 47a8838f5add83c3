using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Mutual TLS between silos.</summary>
static class SiloTls
{
    /// <summary>Neither end is known by a host name; see <see cref="SiloCertificates.IsOfOurs"/>.</summary>
    const string TargetHost = "clearance-silo";

    /// <summary>Every connection to and from this silo is encrypted, and both ends show a certificate of the silos' authority. Does nothing where no files are named.</summary>
    public static void UseSiloTls(this ISiloBuilder silo, SiloTlsOptions options)
    {
        if (!options.IsOn)
            return;
        var certificates = new SiloCertificates(options);
        silo.UseTls(tls =>
        {
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (certificate, _, _) => certificates.IsOfOurs(certificate);
            // Orleans wants one at hand; the selectors below outrank it and see renewed files.
            tls.LocalCertificate = certificates.Own();
            tls.LocalServerCertificateSelector = (_, _) => certificates.Own();
            tls.LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Own();
            tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = TargetHost;
        });
    }
}
