using Npgsql;

namespace ClearanceEngine.Bench.Rig;

/// <summary>What PostgreSQL has written since it was made.</summary>
/// <param name="Rows">Inserted, updated and deleted.</param>
/// <param name="Transactions">Committed.</param>
/// <param name="WalBytes">Length of the write-ahead log.</param>
/// <param name="Syncs">Times the log was forced to disk.</param>
readonly record struct DatabaseUsage(long Rows, long Transactions, long WalBytes, long Syncs)
{
    public static DatabaseUsage operator -(DatabaseUsage a, DatabaseUsage b) =>
        new(a.Rows - b.Rows, a.Transactions - b.Transactions, a.WalBytes - b.WalBytes, a.Syncs - b.Syncs);

    public static async Task<DatabaseUsage> Read(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            """
            SELECT sum(tup_inserted + tup_updated + tup_deleted)::bigint, sum(xact_commit)::bigint,
                   (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint, (SELECT wal_sync FROM pg_stat_wal)
            FROM pg_stat_database
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }
}
