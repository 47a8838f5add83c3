using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Runs the engine until it is told to stop.</summary>
static class RunVerb
{
    public static async Task<ExitCode> Run(string[] arguments)
    {
        await using var app = EngineHost.Build(arguments);
        await using (var room = new WaitingRoom(app.Configuration["Urls"]))
        {
            await EngineHost.Prepare(app.Services, room.Say, app.Lifetime.ApplicationStopping);
        }
        await app.StartAsync();
        Announce(app);
        await app.WaitForShutdownAsync();
        return ExitCode.Done;
    }

    /// <summary>Says where the engine is and which of its parts are real, to whoever reads the console.</summary>
    static void Announce(WebApplication app)
    {
        Console.WriteLine(
            $"ClearanceEngine 已启动 is running\n  HTTP {string.Join(" ", app.Urls)}\n{Parts(app.Services)}"
        );
        if (app.Services.GetRequiredService<PartsInUse>().Warning() is { } text)
            Console.WriteLine($"警告 WARNING: {text}");
    }

    static string Parts(IServiceProvider services)
    {
        var engine = services.GetRequiredService<EngineOptions>();
        var kafka = services.GetRequiredService<IOptions<KafkaConnectionOptions>>().Value;
        var places = new Dictionary<EngineParts, string>
        {
            [EngineParts.Broker] = kafka.BootstrapServers,
            [EngineParts.Database] = services.GetRequiredService<IStateDatabase>().Place,
        };
        if (engine.ParticipantsFile is { } file)
            places[EngineParts.Participants] = file;
        return services.GetRequiredService<PartsInUse>().Block(places);
    }
}
