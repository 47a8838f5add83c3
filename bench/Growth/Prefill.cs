using Npgsql;

namespace ClearanceEngine.Bench.Growth;

/// <summary>
/// Makes the tables as large as if so many parcels had gone through, by copies of finished ones under names that nobody
/// asks for: what growth costs is the size of tables and indexes, not what is in the rows.
/// </summary>
static class Prefill
{
    static readonly string[] Copies =
    [
        "INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, payload) SELECT grain_type, grain_key || '~' || n, version, gen_random_uuid(), NULL, payload FROM grain_state, generate_series($1, $2) n WHERE grain_type IN ('parcel', 'subscriber') AND position('~' IN grain_key) = 0",
        "INSERT INTO document_index SELECT index_key || '~' || n, grain_key || '~' || n FROM document_index, generate_series($1, $2) n WHERE position('~' IN grain_key) = 0",
        "INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at, finished) SELECT guid || '~' || n, message_type, sender, members, body, created_at, true FROM outbound_message, generate_series($1, $2) n WHERE position('~' IN guid) = 0",
        "INSERT INTO outbound_member SELECT grain_key || '~' || n, owed_id, guid || '~' || n FROM outbound_member, generate_series($1, $2) n WHERE position('~' IN grain_key) = 0",
    ];

    public static async Task Run(NpgsqlDataSource source, int parcels, CancellationToken cancellation)
    {
        var there = await Count(source, cancellation);
        var copies = (int)Math.Ceiling((parcels - there) / (double)Math.Max(1, there));
        if (copies < 1) return;
        foreach (var sql in Copies)
        {
#pragma warning disable CA2100 // Constants.
            await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
            command.CommandTimeout = 0;
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 1 });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = copies });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await using var after = source.CreateCommand("VACUUM ANALYZE");
        after.CommandTimeout = 0;
        await after.ExecuteNonQueryAsync(cancellation);
        await using var checkpoint = source.CreateCommand("CHECKPOINT");
        checkpoint.CommandTimeout = 0;
        await checkpoint.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<long> Count(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT count(*) FROM grain_state WHERE grain_type = 'parcel'");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
