using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Grains that left the store: <c>archive show GRAIN</c> prints one as JSON, <c>archive restore GRAIN</c> puts it back, so that
/// a late document or receipt finds it. Both with the engine's settings; no engine is started.
/// </summary>
static class ArchiveVerb
{
    public static async Task<int> Run(string what, string grainKey, string[] settings)
    {
        await using var app = StateVerb.Parts(settings);
        var options = app.Services.GetRequiredService<RetentionOptions>();
        if (await new Archive(options.Directory).Find(grainKey, CancellationToken.None) is not { } row)
        {
            await Console.Error.WriteLineAsync(
                $"归档中没有 {grainKey}。Nothing of {grainKey} is in the archive {options.Directory} (setting Retention:Directory)."
            );
            return 1;
        }
        if (what == "show")
        {
            Console.WriteLine(
                StateJson.Write(
                    row.Key,
                    row.Version,
                    row.Payload,
                    app.Services.GetRequiredService<StateFormat>()
                )
            );
            return 0;
        }
        var database = app.Services.GetRequiredService<IStateDatabase>();
        if (await StateVerb.Reading(database, () => database.Restore(row)))
        {
            Console.WriteLine(
                $"{grainKey} 已恢复。{grainKey} is back in {database.Place}; it leaves again when it has rested long enough."
            );
            return 0;
        }
        await Console.Error.WriteLineAsync(
            $"{grainKey} 已在库中,未改动。{grainKey} is in {database.Place} already (an order of that number came again, or it was restored); nothing was changed."
        );
        return 1;
    }
}
