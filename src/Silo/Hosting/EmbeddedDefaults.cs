using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What the embedded default needs: database file, keys and token below the data directory.</summary>
static class EmbeddedDefaults
{
    /// <exception cref="OptionsValidationException">A database that other silos may share has no keys of its own.</exception>
    public static void FillIn(
        IConfiguration configuration,
        EngineOptions engine,
        StorageOptions storage,
        HsmOptions hsm
    )
    {
        if (storage is { Provider: StorageProvider.Sqlite, ConnectionString.Length: 0 })
            storage.ConnectionString = $"Data Source={Path.Combine(engine.DataDirectory, "clearance.db")}";
        if (hsm.Provider == HsmProvider.Development && configuration["Hsm:Directory"] is null)
            hsm.Directory = Path.Combine(engine.DataDirectory, "token");
        if (storage.Keys.Ring.Count > 0 && configuration["Identity:HmacKey"] is not null)
            return;

        if (storage.Provider != StorageProvider.Sqlite)
            throw new OptionsValidationException(
                "Storage",
                typeof(StorageOptions),
                [
                    "Storage:Keys:Ring and Identity:HmacKey are required with PostgreSQL: base64 of 32 random bytes each, the same for every silo.",
                ]
            );
        var keys = DevelopmentKeys.LoadOrCreate(engine.DataDirectory);
        if (storage.Keys.Ring.Count == 0)
            storage.Keys.Ring["1"] = keys.StateKey;
        if (configuration["Identity:HmacKey"] is null)
            configuration["Identity:HmacKey"] = keys.IdentityKey;
    }
}
