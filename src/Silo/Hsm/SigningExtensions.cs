using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>Registration of signing.</summary>
public static class SigningExtensions
{
    /// <summary>Token, signer with its permits, health check.</summary>
    public static ISiloBuilder AddClearanceSigning(this ISiloBuilder silo, Action<HsmOptions> configure)
    {
        var options = new HsmOptions();
        configure(options);
        return silo.AddClearanceSigning(options);
    }

    /// <summary>Token, signer with its permits, health check.</summary>
    public static ISiloBuilder AddClearanceSigning(this ISiloBuilder silo, HsmOptions options)
    {
        if (SettingsCheck.Of("Hsm", options) is { Count: > 0 } faults)
            throw new OptionsValidationException("Hsm", typeof(HsmOptions), faults.Select(f => f.ToString()));
        var services = silo.Services;
        services.AddSingleton(options);
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
