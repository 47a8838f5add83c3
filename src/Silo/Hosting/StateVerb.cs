using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What is stored of a grain, as JSON: <c>state show GRAIN</c> with the engine's settings. Starts no engine and changes nothing.</summary>
static class StateVerb
{
    public static async Task<int> Run(string grainKey, string[] settings)
    {
        // Storage and keys as the engine has them; nothing of it is started.
        await using var app = EngineHost.Build([.. settings, "--Engine:DevelopmentBroker=false", "--Engine:Simulator=false", "--Logging:LogLevel:Default=Error"]);
        var database = app.Services.GetRequiredService<IStateDatabase>();
        string? text;
        try
        {
            text = await StateJson.Show(database, app.Services.GetRequiredService<StateFormat>(), grainKey);
        }
        catch (Exception e) when (e is System.Data.Common.DbException)
        {
            throw new InvalidDataException($"{database.Place} cannot be read: {e.Message} Give the settings of the engine (--Storage:…, --Engine:DataDirectory).", e);
        }
        if (text is null)
        {
            await Console.Error.WriteLineAsync($"没有 {grainKey} 的状态。Nothing is stored of {grainKey} in {database.Place}.");
            return 1;
        }
        Console.WriteLine(text);
        return 0;
    }
}
