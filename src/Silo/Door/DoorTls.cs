using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ClearanceEngine.Silo.Door;

/// <summary>How the door's https addresses speak TLS.</summary>
static class DoorTls
{
    /// <param name="server">The server; it has one place for what https addresses have in common.</param>
    /// <param name="options">The door's certificate; without one, an address of <c>Kestrel:Endpoints</c> has its own.</param>
    /// <param name="asksForCertificates">Callers may show a certificate (ADR 029).</param>
    public static void Use(KestrelServerOptions server, DoorTlsOptions options, bool asksForCertificates)
    {
        var certificate = options.IsOn ? new DoorCertificate(options) : null;
        server.ConfigureHttpsDefaults(https =>
        {
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            if (certificate is not null)
                Show(https, certificate);
            if (asksForCertificates)
                AskForCertificate(https);
        });
    }

    static void Show(HttpsConnectionAdapterOptions https, DoorCertificate certificate)
    {
        // The server wants one or a selector; the context below, which brings the intermediates along, takes its place.
        https.ServerCertificateSelector = (_, _) => certificate.Context().TargetCertificate;
        https.OnAuthenticate = (_, connection) =>
        {
            connection.ServerCertificateSelectionCallback = null;
            connection.ServerCertificateContext = certificate.Context();
        };
    }

    /// <summary>Each that is shown is let through to <see cref="Access.CertificateHandler"/>, which alone says whether it is a good one; who brings a token needs none.</summary>
    static void AskForCertificate(HttpsConnectionAdapterOptions https)
    {
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
    }
}
