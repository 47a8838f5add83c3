using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>What is in the database, read beside the engine with the key that it was given.</summary>
sealed class Tables : IAsyncDisposable
{
    readonly NpgsqlDataSource _source;
    readonly ServiceProvider _services;
    readonly StateFormat _format;

    public Tables(string connectionString, string stateKey)
    {
        // No pool: a connection from before a crash of the server would fail its next user.
        _source = NpgsqlDataSource.Create($"{connectionString};Pooling=false");
        _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var keys = new StateKeyOptions();
        keys.Ring["1"] = stateKey;
        _format = new StateFormat(_services.GetRequiredService<Serializer>(), new StateProtection(keys));
    }

    /// <summary>The parcels by their names.</summary>
    public async Task<Dictionary<string, ParcelState>> Parcels() =>
        (await Orders())
            .Values.SelectMany(order => order.Parcels)
            .ToDictionary(
                parcel => new ParcelName(parcel.EbpCode, parcel.OrderNo).ToString(),
                StringComparer.Ordinal
            );

    /// <summary>The parcels, and what waits with them, by the keys of their grains.</summary>
    public async Task<Dictionary<string, OrderParcels>> Orders() =>
        (await Read<StoredParcel>("parcel")).ToDictionary(
            stored => stored.Key,
            stored => stored.Value.Order,
            StringComparer.Ordinal
        );

    public Task<Dictionary<string, QuotaState>> Subscribers() => Read<QuotaState>("subscriber");

    public Task<Dictionary<string, UnmatchedNews>> Waiting() => Read<UnmatchedNews>("waiting");

    public Task<Dictionary<string, UnmatchedReceipts>> WaitingReceipts() =>
        Read<UnmatchedReceipts>("waiting-receipt");

    public async Task<long> Count(string sql)
    {
#pragma warning disable CA2100 // Constants of the tests.
        await using var command = _source.CreateCommand(sql);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>All text and bytes of all tables, for whoever looks for what must not be there.</summary>
    public async IAsyncEnumerable<(string Table, string Row)> Everything()
    {
        var tables = new List<string>();
        await using (
            var command = _source.CreateCommand(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }
        foreach (var table in tables)
        {
#pragma warning disable CA2100 // Names from the catalogue.
            await using var command = _source.CreateCommand(
                $"SET bytea_output = 'escape'; SELECT t::text FROM {table} t"
            );
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                yield return (table, reader.GetString(0));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _services.DisposeAsync();
    }

    async Task<Dictionary<string, T>> Read<T>(string type)
    {
        var rows = new Dictionary<string, T>(StringComparer.Ordinal);
        await using var command = _source.CreateCommand(
            """
            SELECT s.grain_key, s.version, s.payload, ARRAY(
                SELECT j.payload FROM grain_journal j
                WHERE j.grain_type = s.grain_type AND j.grain_key = s.grain_key ORDER BY j.version)
            FROM grain_state s WHERE s.grain_type = $1
            """
        );
        command.Parameters.Add(new NpgsqlParameter { Value = type });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var key = reader.GetString(0);
            var row = new StateRow(reader.GetInt64(1), Guid.Empty, reader.GetFieldValue<byte[]>(2))
            {
                Journal = reader.GetFieldValue<byte[][]>(3),
            };
            rows[key] = _format.Read<T>(new RowKey(type, key), row).State;
        }
        return rows;
    }
}
