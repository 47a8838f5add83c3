using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Grains that left the store: <c>archive show GRAIN</c> prints one as JSON, <c>archive restore GRAIN</c> puts it back, so that
/// a late document or receipt finds it. Both with the engine's settings; no engine is started.
/// </summary>
static class ArchiveVerb
{
    public static async Task<ExitCode> Show(string grainKey, string[] settings)
    {
        await using var app = StateVerb.Parts(settings);
        if (await Find(app, grainKey) is not { } row)
            return ExitCode.Refused;

        var format = app.Services.GetRequiredService<StateFormat>();
        var stored = new StateRow(row.Version, Guid.Empty, row.Payload)
        {
            Journal = [.. row.Journal.Select(journal => journal.Payload)],
        };
        Console.WriteLine(StateJson.Write(row.Key, stored, format));
        return ExitCode.Done;
    }

    public static async Task<ExitCode> Restore(string grainKey, string[] settings)
    {
        await using var app = StateVerb.Parts(settings);
        if (await Find(app, grainKey) is not { } row)
            return ExitCode.Refused;

        var database = app.Services.GetRequiredService<IStateDatabase>();
        if (await StateVerb.Reading(database, () => database.Restore(row)))
        {
            Console.WriteLine(
                $"{grainKey} 已恢复。{grainKey} is back in {database.Place}; it leaves again when it has rested long enough."
            );
            return ExitCode.Done;
        }
        await Console.Error.WriteLineAsync(
            $"{grainKey} 已在库中，未改动。{grainKey} is in {database.Place} already (an order of that number came again, or it was restored); nothing was changed."
        );
        return ExitCode.Refused;
    }

    /// <summary>The grain as it was archived; says so when it was not.</summary>
    static async Task<RetiredRow?> Find(WebApplication app, string grainKey)
    {
        var directory = app.Services.GetRequiredService<RetentionOptions>().Directory;
        if (await new Archive(directory).Find(grainKey, CancellationToken.None) is { } row)
            return row;

        await Console.Error.WriteLineAsync(
            $"归档中没有 {grainKey}。Nothing of {grainKey} is in the archive {directory} (setting Retention:Directory)."
        );
        return null;
    }
}
