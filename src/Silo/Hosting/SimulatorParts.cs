using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The customs simulator inside this process.</summary>
static class SimulatorParts
{
    public static void AddSimulator(this IServiceCollection services, EngineSettings settings)
    {
        if (!settings.Parts.IsDevelopment(EngineParts.Simulator))
            return;
        var options = settings.Get<CustomsSimulatorOptions>();
        services.AddCustomsSimulator(options, Speaks);
        if (settings.Parts.IsDevelopment(EngineParts.Broker))
            services.AddMemory(
                Path.Combine(settings.Get<EngineOptions>().DataDirectory, "customs"),
                options.MemoryBytes
            );
    }

    /// <summary>A real broker keeps its topics by itself; the development broker forgets them with its process.</summary>
    static void AddMemory(this IServiceCollection services, string directory, long bytes)
    {
        services.AddSingleton(sp => new SimulatorMemory(
            directory,
            bytes,
            new StateCipher(sp.GetRequiredService<StateProtection>())
        ));
        services.AddSingleton<IKafkaProducer>(sp => new RememberingProducer(
            sp.GetRequiredService<KafkaProducer>(),
            sp.GetRequiredService<SimulatorMemory>(),
            sp.GetRequiredService<TimeProvider>()
        ));
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

    /// <summary>As the state is protected: people's numbers are on no disk in clear.</summary>
    sealed class StateCipher(StateProtection protection) : IMemoryCipher
    {
        public byte[] Close(ReadOnlySpan<byte> clear, string id) => protection.Protect(clear, Place(id));

        public byte[] Open(byte[] closed, string id) => protection.Unprotect(closed, Place(id));

        static string Place(string id) => $"customs\n{id}";
    }
}
