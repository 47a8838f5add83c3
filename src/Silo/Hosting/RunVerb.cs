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
        using var folder = ClaimFolder(app.Services.GetRequiredService<StorageOptions>());
        ListenChecks.Run(app.Services, app.Configuration["Urls"]);
        if (await AwaitParts(app) is { } ended)
            return ended;

        await app.StartAsync();
        Announce(app);
        await app.WaitForShutdownAsync();
        return ExitCode.Done;
    }

    static IDisposable? ClaimFolder(StorageOptions storage) =>
        storage.Provider == StorageProvider.Sqlite ? FolderClaim.Take(storage.ConnectionString) : null;

    /// <summary>Waits for database and broker; what ended the process instead, if it was told to stop or waited too long.</summary>
    static async Task<ExitCode?> AwaitParts(WebApplication app)
    {
        var patience = app.Services.GetRequiredService<EngineOptions>().StartTimeout;
        using var signals = new EndSignals();
        await using var room = new WaitingRoom(app.Configuration["Urls"]);

        // A client in a call to an absent broker hears no token: it is left behind, and ends with the process.
        var preparing = Task.Run(() => EngineHost.Prepare(app.Services, room.Say, CancellationToken.None));
        var enough = patience > TimeSpan.Zero ? Task.Delay(patience) : Task.Delay(Timeout.Infinite);
        var first = await Task.WhenAny(preparing, signals.Told, enough);
        if (first == preparing)
        {
            await preparing;
            return null;
        }

        var missed = room.Text.Length > 0 ? room.Text : "It looked for the database and the broker.";
        await Console.Error.WriteLineAsync(
            first == enough
                ? $"无法启动 cannot start: Engine:StartTimeout {patience} 已过 is over. {missed}"
                : $"启动中被要求结束 told to stop while it started. {missed}"
        );
        return ExitCode.OutOfReach;
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
