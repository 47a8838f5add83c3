using System.Globalization;
using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <content>The schema and its versions.</content>
sealed partial class PostgreSqlDatabase
{
    /// <summary>Any number, as long as it is ours: one silo migrates at a time.</summary>
    const long MigrationLock = 0x434C_5252_4E43;

    public async Task Migrate(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        foreach (var migration in Migrations.For("PostgreSql"))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await Execute(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})");
            if (await Scalar(connection, "SELECT to_regclass('schema_version')::text") is string)
            {
                var found = Convert.ToInt32(
                    await Scalar(connection, "SELECT COALESCE(MAX(version), 0) FROM schema_version"),
                    CultureInfo.InvariantCulture
                );
                Migrations.RefuseNewer("PostgreSql", Place, found);
                if (found >= migration.Version)
                    continue;
            }
            await Execute(connection, migration.Sql);
            await transaction.CommitAsync(cancellationToken);
        }
    }
}
