using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Brings the schema up to this engine's version: <c>schema upgrade</c> with the engine's settings. Starts no engine;
/// silos of this and of older minor versions may run meanwhile (docs/upgrading.md).
/// </summary>
static class SchemaVerb
{
    /// <summary>For telling the database that it is given up.</summary>
    static readonly TimeSpan GivingUp = TimeSpan.FromSeconds(5);

    public static async Task<ExitCode> Upgrade(string[] settings, TextWriter error)
    {
        await using var app = StateVerb.PartsOfNew([
            .. settings,
            // Nothing is signed here: the token's library need not be at hand.
            "--Hsm:Provider=Development",
            "--Logging:LogLevel:ClearanceEngine.Silo.Storage=Information",
        ]);
        using var signals = new EndSignals();
        return await Upgrade(app.Services.GetRequiredService<StorageStartup>(), signals.Told, error);
    }

    /// <param name="startup">Brings it up.</param>
    /// <param name="told">Ends when a user stops it.</param>
    /// <param name="error">Where that is said then.</param>
    internal static async Task<ExitCode> Upgrade(StorageStartup startup, Task told, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        var upgrade = Task.Run(() => startup.Migrate(null, stop.Token));
        if (await Task.WhenAny(upgrade, told) == upgrade)
        {
            await upgrade;
            return ExitCode.Done;
        }

        // The server would finish a statement whose client is gone, and nobody else could migrate meanwhile.
        await stop.CancelAsync();
        await upgrade.WaitAsync(GivingUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (upgrade.IsCompletedSuccessfully)
            return ExitCode.Done;

        await error.WriteLineAsync(
            "已中止，数据库结构尚未升级完毕，可随时重新运行。Stopped by its user; the schema is not up to date yet. Run it again at any time, it goes on from there."
        );
        return ExitCode.Stopped;
    }
}
