using ClearanceEngine.Signing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Registration of signing.</summary>
public static class SigningExtensions
{
    /// <summary>Token, signer with its permits, health check.</summary>
    public static ISiloBuilder AddClearanceSigning(this ISiloBuilder silo, HsmOptions options)
    {
        var services = silo.Services;
        services.AddSingleton<ISigningToken>(sp =>
            options.Provider == HsmProvider.Development
                ? new DevelopmentToken(options, sp.GetRequiredService<TimeProvider>())
                : new Pkcs11Token(options, sp.GetRequiredService<TimeProvider>())
        );
        services.AddSingleton<TokenSigner>();
        services.AddSingleton<IMessageSigner>(sp => sp.GetRequiredService<TokenSigner>());
        services.AddSingleton<ISigningCertificates>(sp => sp.GetRequiredService<TokenSigner>());
        services.AddHostedService(sp => sp.GetRequiredService<TokenSigner>());
        // The development token makes a key for whoever is asked for; it is asked only for those that are needed.
        if (options.Provider == HsmProvider.Pkcs11)
            services.AddHostedService<KeyWarmUp>();
        services.AddHealthChecks().AddCheck<SigningHealthCheck>("signing", HealthStatus.Unhealthy, ["ready"]);
        return silo;
    }
}
