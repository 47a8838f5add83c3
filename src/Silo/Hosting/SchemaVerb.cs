using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Brings the schema up to this engine's version: <c>schema upgrade</c> with the engine's settings. Starts no engine;
/// silos of this and of older minor versions may run meanwhile (docs/upgrading.md).
/// </summary>
static class SchemaVerb
{
    public static async Task<ExitCode> Upgrade(string[] settings)
    {
        await using var app = StateVerb.PartsOfNew([
            .. settings,
            // Nothing is signed here: the token's library need not be at hand.
            "--Hsm:Provider=Development",
            "--Logging:LogLevel:ClearanceEngine.Silo.Storage=Information",
        ]);
        var startup = app.Services.GetRequiredService<StorageStartup>();
        await startup.Migrate(null, app.Lifetime.ApplicationStopping);
        return ExitCode.Done;
    }
}
