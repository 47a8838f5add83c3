using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Simulator;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The customs simulator inside this process.</summary>
static class SimulatorParts
{
    public static void AddSimulator(
        this IServiceCollection services,
        IConfiguration configuration,
        PartsInUse parts
    )
    {
        if (parts.IsDevelopment(EngineParts.Simulator))
            services.AddCustomsSimulator(configuration.Section<CustomsSimulatorOptions>("Simulator"), Speaks);
    }

    /// <summary>The simulated customs knows the certificates of the registry and of our token, as the real one knows those it issued.</summary>
    static Func<string, SigningCertificate, bool> Speaks(IServiceProvider services) =>
        (company, certificate) =>
            IsRegistered(services, company, certificate) || IsOfOurToken(services, company, certificate);

    static bool IsRegistered(IServiceProvider services, string company, SigningCertificate certificate) =>
        services
            .GetRequiredService<IParticipantRegistry>()
            .Find(company)
            ?.Certificates.Contains(Convert.ToBase64String(certificate.Der)) == true;

    /// <summary>What was signed here is known here; should the token have to be asked first, the simulator's feed tries again.</summary>
    static bool IsOfOurToken(IServiceProvider services, string company, SigningCertificate certificate)
    {
        var answer = services
            .GetRequiredService<ISigningCertificates>()
            .Belongs(company, certificate)
            .AsTask();
        return answer.IsCompleted
            ? answer.GetAwaiter().GetResult()
            : throw new SigningUnavailableException($"The token is being asked for the key of {company}.");
    }
}
