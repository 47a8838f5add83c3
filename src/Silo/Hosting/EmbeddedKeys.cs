using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Subscribers;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Keys of the embedded default, made at the first start below the data directory.</summary>
static class EmbeddedKeys
{
    /// <summary>Fills in the keys that nobody gave; with a database that silos share there are none to fill in.</summary>
    /// <returns>Where the keys came from that no setting gave.</returns>
    /// <exception cref="InvalidDataException">The key file does not serve, or is gone while the database that needs it is there.</exception>
    public static KeyFiles FillIn(EngineOptions engine, StorageOptions storage, IdentityOptions identity)
    {
        var (givesRing, givesIdentity) = (storage.Keys.Ring.Count > 0, identity.HmacKey.Length > 0);
        if (givesRing && givesIdentity)
            return new(null, null);

        var file = DevelopmentKeys.PathIn(engine.DataDirectory);
        var database = new SqliteConnectionStringBuilder(storage.ConnectionString).DataSource;
        var keys = DevelopmentKeys.LoadOrCreate(engine.DataDirectory, database);
        if (!givesRing)
            storage.Keys.Ring["1"] = keys.StateKey;
        if (!givesIdentity)
            identity.HmacKey = keys.IdentityKey;
        return new(givesRing ? null : file, givesIdentity ? null : file);
    }
}
