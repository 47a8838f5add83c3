using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>This silo's certificate and the authority of all, read again when their files have changed.</summary>
sealed class SiloCertificates(SiloTlsOptions options)
{
    readonly RenewedFiles<X509Certificate2> _own = new([options.CertificateFile, options.KeyFile], texts =>
        X509Certificate2.CreateFromPem(texts[0], texts[1])
    );

    readonly RenewedFiles<X509Certificate2Collection> _authority = new([options.AuthorityFile], texts =>
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(texts[0]);
        return certificates;
    });

    /// <summary>This silo's certificate with its key.</summary>
    /// <exception cref="CryptographicException">The files do not hold one, and never did.</exception>
    public X509Certificate2 Own() => _own.Value();

    /// <summary>Whether a certificate is valid now and of the silos' authority. Names do not matter: silos are known by who vouches for them, since their addresses change.</summary>
    public bool IsOfOurs(X509Certificate2 certificate)
    {
        var authority = _authority.Value();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.ExtraStore.AddRange(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
