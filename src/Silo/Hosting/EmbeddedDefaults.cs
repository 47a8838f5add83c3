using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What the embedded default needs: database file, keys and token below the data directory.</summary>
static class EmbeddedDefaults
{
    /// <returns>Where the keys came from that no setting gave.</returns>
    /// <exception cref="OptionsValidationException">A database that other silos may share has no keys of its own.</exception>
    /// <exception cref="InvalidDataException">The key file does not serve, or is gone while the database that needs it is there.</exception>
    public static KeyFiles FillIn(
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
            return new(null, null);

        if (storage.Provider != StorageProvider.Sqlite)
            throw new OptionsValidationException(
                "Storage",
                typeof(StorageOptions),
                [
                    "Storage:Keys:Ring and Identity:HmacKey are required with PostgreSQL: base64 of 32 random bytes each, the same for every silo.",
                ]
            );
        var file = DevelopmentKeys.PathIn(engine.DataDirectory);
        var database = new SqliteConnectionStringBuilder(storage.ConnectionString).DataSource;
        var keys = DevelopmentKeys.LoadOrCreate(engine.DataDirectory, database);
        var files = new KeyFiles(
            storage.Keys.Ring.Count == 0 ? file : null,
            configuration["Identity:HmacKey"] is null ? file : null
        );
        if (files.Ring is not null)
            storage.Keys.Ring["1"] = keys.StateKey;
        if (files.Identity is not null)
            configuration["Identity:HmacKey"] = keys.IdentityKey;
        return files;
    }
}
