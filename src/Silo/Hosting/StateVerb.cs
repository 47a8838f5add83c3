using System.Data.Common;
using ClearanceEngine.Silo.Storage;

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

    /// <summary>Storage and keys as the engine has them; nothing of it is started.</summary>
    public static WebApplication Parts(string[] settings) =>
        EngineHost.Build(
            [
                .. settings,
                "--Engine:DevelopmentBroker=false",
                "--Engine:Simulator=false",
                // Nothing is started: what the engine's own start would refuse does no harm here.
                "--Engine:AllowDevelopmentParts=Database,Token,Participants",
                "--Logging:LogLevel:Default=Error",
            ],
            b => b.Configuration["Kafka:BootstrapServers"] ??= "no-broker-is-asked:9092"
        );

    /// <summary>Says what to do when the database cannot be used.</summary>
    public static async Task<T> Reading<T>(IStateDatabase database, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DbException e)
        {
            throw new InvalidDataException(
                $"{database.Place} cannot be used: {e.Message} Give the settings of the engine (--Storage:…, --Engine:DataDirectory).",
                e
            );
        }
    }
}
