using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Runs the engine until it is told to stop.</summary>
static class RunVerb
{
    /// <summary>For telling the database that a migration is given up.</summary>
    static readonly TimeSpan GivingUp = TimeSpan.FromSeconds(5);

    public static async Task<ExitCode> Run(string[] arguments)
    {
        await using var app = EngineHost.Build(arguments);
        using var folder = FolderClaim.Of(app.Services.GetRequiredService<StorageOptions>());
        ListenChecks.Run(app.Services, app.Configuration["Urls"]);
        await NeighbourChecks.CheckAdvertised(app.Services.GetRequiredService<EngineOptions>());
        if (await AwaitParts(app) is { } ended)
            return ended;
        await NeighbourChecks.CheckTls(app.Services);

        if (!await IsStarted(app))
            return ExitCode.OutOfReach;
        Announce(app);
        await app.WaitForShutdownAsync();
        return ExitCode.Done;
    }

    /// <summary>False when it was told to stop and the start hung: see <see cref="EngineLifetime"/>.</summary>
    static async Task<bool> IsStarted(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("启动中被要求结束。It was told to stop while it started.");
            return false;
        }
    }

    /// <summary>
    /// Waits for database, broker and schema, alive and not ready; what ended the process instead, if it was told to stop or
    /// waited too long.
    /// </summary>
    internal static async Task<ExitCode?> AwaitParts(WebApplication app)
    {
        var patience = app.Services.GetRequiredService<EngineOptions>().StartTimeout;
        using var signals = new EndSignals();
        using var told = new CancellationTokenSource();
        await app.Services.GetRequiredService<ProbeDoor>().Open();
        await using var room = Room(app);

        // A client in a call to an absent broker hears no token: it is left behind, and ends with the process.
        var parts = Task.Run(() => EngineHost.AwaitParts(app.Services, room.Say, CancellationToken.None));
        if (await End(parts, patience, signals, room) is { } ended)
            return ended;

        // Engine:StartTimeout is for parts that do not answer; an index of a large table takes as long as it takes.
        var schema = Task.Run(() => EngineHost.PrepareDatabase(app.Services, room.Say, told.Token));
        if (await End(schema, TimeSpan.Zero, signals, room) is not { } stopped)
            return null;

        // The server would finish a statement whose client is gone, and nobody else could migrate meanwhile.
        await told.CancelAsync();
        await schema.WaitAsync(GivingUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return stopped;
    }

    /// <summary>Null when it is done; otherwise what came before that.</summary>
    /// <param name="preparing">What is waited for.</param>
    /// <param name="patience">How long; zero for as long as it takes.</param>
    /// <param name="signals">May end the wait.</param>
    /// <param name="room">Knows what is missed.</param>
    static async Task<ExitCode?> End(Task preparing, TimeSpan patience, EndSignals signals, WaitingRoom room)
    {
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

    /// <summary>It has the addresses of the door that is not open yet, and its bounds.</summary>
    static WaitingRoom Room(WebApplication app)
    {
        var door = app.Services.GetRequiredService<DoorOptions>();
        var intake = app.Services.GetRequiredService<IntakeOptions>();
        var guard = app.Services.GetRequiredService<ConnectionGuard>();
        return new WaitingRoom(
            app.Configuration["Urls"],
            app.Services.GetRequiredService<ProbeDoor>(),
            door.KnownProxies.Count > 0,
            server =>
            {
                DoorLimits.Server(server, door, intake, guard);
                DoorTls.Use(server, door.Tls, asksForCertificates: false);
            }
        );
    }

    /// <summary>Says where the engine is and which of its parts are real, to whoever reads the console.</summary>
    static void Announce(WebApplication app)
    {
        Console.WriteLine(
            $"ClearanceEngine 已启动 is running\n  HTTP {Addresses(app)}\n{Parts(app.Services)}"
        );
        if (app.Services.GetService<DevelopmentAccounts>() is { } accounts)
            Console.WriteLine(accounts.Announcement(withToken: !Console.IsOutputRedirected));
        if (app.Services.GetRequiredService<PartsInUse>().Warning() is { } text)
            Console.WriteLine($"警告 WARNING: {text}");
    }

    static string Addresses(WebApplication app)
    {
        var urls = string.Join(" ", app.Urls);
        var probes = app.Services.GetRequiredService<ProbeDoor>().Address;
        return probes is null ? urls : $"{urls}, 探针 probes {probes}";
    }

    static string Parts(IServiceProvider services)
    {
        var engine = services.GetRequiredService<EngineOptions>();
        var kafka = services.GetRequiredService<KafkaConnectionOptions>();
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
