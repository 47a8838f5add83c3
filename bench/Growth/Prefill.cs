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
        "INSERT INTO grain_state (grain_type, grain_key, version, nonce, outbox_due_at, time_due_at, rest_day, payload) SELECT grain_type, grain_key || '~' || n, version, gen_random_uuid(), NULL, NULL, rest_day, payload FROM grain_state, generate_series($1, $2) n WHERE grain_type IN ('parcel', 'subscriber') AND position('~' IN grain_key) = 0",
        "INSERT INTO grain_journal SELECT grain_type, grain_key || '~' || n, version, payload FROM grain_journal, generate_series($1, $2) n WHERE position('~' IN grain_key) = 0",
        "INSERT INTO document_index SELECT index_key || '~' || n, grain_key || '~' || n FROM document_index, generate_series($1, $2) n WHERE position('~' IN grain_key) = 0",
        "INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at, finished) SELECT guid || '~' || n, message_type, sender, members, body, created_at, true FROM outbound_message, generate_series($1, $2) n WHERE position('~' IN guid) = 0",
        "INSERT INTO outbound_member SELECT grain_key || '~' || n, effect_id, guid || '~' || n FROM outbound_member, generate_series($1, $2) n WHERE position('~' IN grain_key) = 0",
    ];

    public static async Task Run(NpgsqlDataSource source, int parcels, CancellationToken cancellation)
    {
        var there = await Count(source, cancellation);
        if (there >= parcels)
            return;
        var originals = await Ask(
            source,
            "SELECT count(*) FROM grain_state WHERE grain_type = 'parcel' AND position('~' IN grain_key) = 0",
            cancellation
        );
        var last = await Ask(
            source,
            "SELECT COALESCE(max(split_part(grain_key, '~', 2)::bigint), 0) FROM grain_state WHERE position('~' IN grain_key) > 0",
            cancellation
        );
        var copies = (int)Math.Ceiling((parcels - there) / (double)Math.Max(1, originals));
        foreach (var sql in Copies)
        {
#pragma warning disable CA2100 // Constants.
            await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
            command.CommandTimeout = 0;
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)last + 1 });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)last + copies });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await using var after = source.CreateCommand("VACUUM ANALYZE");
        after.CommandTimeout = 0;
        await after.ExecuteNonQueryAsync(cancellation);
        await using var checkpoint = source.CreateCommand("CHECKPOINT");
        checkpoint.CommandTimeout = 0;
        await checkpoint.ExecuteNonQueryAsync(cancellation);
    }

    public static Task<long> Bytes(NpgsqlDataSource source, CancellationToken cancellation) =>
        Ask(
            source,
            "SELECT (pg_total_relation_size('grain_state') + pg_total_relation_size('grain_journal') + pg_total_relation_size('document_index') + pg_total_relation_size('outbound_message') + pg_total_relation_size('outbound_member'))::bigint",
            cancellation
        );

    public static Task<long> Count(NpgsqlDataSource source, CancellationToken cancellation) =>
        Ask(source, "SELECT count(*) FROM grain_state WHERE grain_type = 'parcel'", cancellation);

    static async Task<long> Ask(NpgsqlDataSource source, string sql, CancellationToken cancellation)
    {
#pragma warning disable CA2100 // Constants.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        command.CommandTimeout = 0;
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
