using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Terminal;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Runs the engine, feeds the sample parcels of the repository through Kafka in random order, shows how they come
/// along, and checks that each reached its expected end.
/// </summary>
static class DemoVerb
{
    /// <summary>Where its state lies, below where the user stands; made anew by each run.</summary>
    public const string Directory = "data/demo";

    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    public static async Task<ExitCode> Run(string[] arguments)
    {
        DeleteLast();
        // A fresh state, any free ports, and quick scans: a demo is over in a minute.
        await using var app = EngineHost.Build([
            $"--Engine:DataDirectory={Directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Recovery:Period=00:00:01",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:ClearanceEngine=Error",
            .. arguments,
        ]);
        RefuseRealParts(app.Services.GetRequiredService<PartsInUse>());
        using var folder = FolderClaim.Of(app.Services.GetRequiredService<StorageOptions>());
        ListenChecks.Run(app.Services, app.Configuration["Urls"]);
        await EngineHost.Prepare(app.Services, null, CancellationToken.None);
        await app.StartAsync();
        var code = await Play(
            app.Services,
            Path.Combine(AppContext.BaseDirectory, "samples", "demo"),
            Consoles.Standard(),
            CancellationToken.None
        );
        await app.StopAsync();
        return code == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    /// <summary>What the last run left is of no use; another one that runs now keeps its own.</summary>
    static void DeleteLast()
    {
        if (!System.IO.Directory.Exists(Directory))
            return;
        FolderClaim.RefuseTaken(Directory);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Invented declarations must not come to a real part, whatever the environment names.</summary>
    static void RefuseRealParts(PartsInUse parts)
    {
        if (parts.Real == EngineParts.None)
            return;
        throw new OptionsValidationException(
            "Engine",
            typeof(EngineOptions),
            [
                $"演示只在全部为开发用部件时运行，现有正式部件：{parts.Real}。The demo runs on development parts only; these are real: {parts.Real}. Take their settings away (environment, appsettings.Production.json).",
            ]
        );
    }

    /// <summary>Feeds and watches; 0 only if every parcel reached its expected end.</summary>
    public static Task<int> Play(
        IServiceProvider services,
        string directory,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var set = DemoSet.Read(directory);
        var run = new DemoRun(
            set.Files,
            set.Expectations,
            services.GetRequiredService<IKafkaProducer>(),
            services.GetRequiredService<DeclarationTopics>(),
            services.GetRequiredService<IGrainFactory>(),
            console
        );
        return run.Play(Deadline, cancellationToken);
    }
}
