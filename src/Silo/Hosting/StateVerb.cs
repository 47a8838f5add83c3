using System.Data.Common;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Silo.Storage;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What is stored of a grain, as JSON: <c>state show GRAIN</c> with the engine's settings. Starts no engine and changes nothing.</summary>
static class StateVerb
{
    public static async Task<ExitCode> Run(string grainKey, string[] settings)
    {
        await using var app = Parts(settings);
        var database = app.Services.GetRequiredService<IStateDatabase>();
        if (
            await Reading(database, () =>
                StateJson.Show(database, app.Services.GetRequiredService<StateFormat>(), grainKey)
            ) is
            { } text
        )
        {
            Console.WriteLine(text);
            return ExitCode.Done;
        }
        await Console.Error.WriteLineAsync(
            $"没有 {grainKey} 的状态。Nothing is stored of {grainKey} in {database.Place}."
        );
        return ExitCode.Refused;
    }

    /// <summary>Storage and keys as the engine has them, of a database that is there; nothing of it is started, and nothing made.</summary>
    /// <exception cref="NothingStoredException">The SQLite database was not made yet.</exception>
    public static WebApplication Parts(string[] settings) => Built(settings, RefuseAbsent);

    /// <summary>As <see cref="Parts"/>, but a SQLite database that is not there, and its keys, are made.</summary>
    public static WebApplication PartsOfNew(string[] settings) => Built(settings, _ => { });

    static WebApplication Built(string[] settings, Action<IConfiguration> check) =>
        EngineHost.Build(
            [
                .. settings,
                "--Engine:DevelopmentBroker=false",
                "--Engine:Simulator=false",
                // Nothing is started: what the engine's own start would refuse does no harm here.
                "--Engine:AllowDevelopmentParts=Database,Token,Participants,Identity",
                "--Logging:LogLevel:Default=Error",
            ],
            builder =>
            {
                builder.Configuration["Kafka:BootstrapServers"] ??= "no-broker-is-asked:9092";
                check(builder.Configuration);
            },
            isToStart: false
        );

    /// <summary>Whoever looks in the wrong folder is told so, and finds no engine's files there afterwards.</summary>
    static void RefuseAbsent(IConfiguration configuration)
    {
        var storage = EngineSettings.Read(configuration, isToStart: false).Get<StorageOptions>();
        if (storage.Provider != StorageProvider.Sqlite)
            return;
        var path = Path.GetFullPath(new SqliteConnectionStringBuilder(storage.ConnectionString).DataSource);
        if (!File.Exists(path))
            throw new NothingStoredException(path);
    }

    /// <summary>Says what to do when the database cannot be used.</summary>
    public static async Task<T> Reading<T>(IStateDatabase database, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DbException e)
        {
            throw new StorageUnavailableException(
                $"数据库不可用，请检查其是否运行，并给出引擎的设置。{database.Place} cannot be used: {e.Message.TrimEnd('.')}. Check that it runs, and give the settings of the engine (--Storage:…, --Engine:DataDirectory).",
                e
            );
        }
    }
}

/// <summary>There is no database to look into.</summary>
/// <param name="path">Where the settings say that it is.</param>
sealed class NothingStoredException(string path)
    : IOException(
        $"没有数据库 {path}。There is no database {path}; an engine makes it when it starts. Run this where the engine runs, or with its settings (--Engine:DataDirectory=…, --Storage:…)."
    );
