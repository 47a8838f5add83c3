using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>This silo's certificate and the authority of all, read again when their files have changed.</summary>
sealed class SiloCertificates(SiloTlsOptions options)
{
    readonly Lock _lock = new();
    (DateTime Written, X509Certificate2 Value)? _own;
    (DateTime Written, X509Certificate2Collection Value)? _authority;

    /// <summary>This silo's certificate with its key.</summary>
    /// <exception cref="CryptographicException">The files do not hold one, and never did.</exception>
    public X509Certificate2 Own()
    {
        lock (_lock)
        {
            _own = Newest(_own, [options.CertificateFile, options.KeyFile], () =>
                X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile)
            );
            return _own.Value.Value;
        }
    }

    /// <summary>Whether a certificate is valid now and of the silos' authority. Names do not matter: silos are known by who vouches for them, since their addresses change.</summary>
    public bool IsOfOurs(X509Certificate2 certificate)
    {
        var authority = Authority();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.ExtraStore.AddRange(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    X509Certificate2Collection Authority()
    {
        lock (_lock)
        {
            _authority = Newest(_authority, [options.AuthorityFile], () =>
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(options.AuthorityFile);
                return certificates;
            });
            return _authority.Value.Value;
        }
    }

    /// <summary>What was read before, or what the files hold now where they changed; files that are half written keep what was.</summary>
    static (DateTime Written, T Value) Newest<T>(
        (DateTime Written, T Value)? before,
        string[] files,
        Func<T> read
    )
    {
        var written = files.Max(File.GetLastWriteTimeUtc);
        if (before is { } known && known.Written == written)
            return known;
        try
        {
            return (written, read());
        }
        catch (Exception e)
            when (before is not null && e is (CryptographicException or ArgumentException or IOException))
        {
            return before!.Value;
        }
    }
}
