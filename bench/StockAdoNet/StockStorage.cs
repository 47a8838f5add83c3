using System.Runtime.CompilerServices;
using ClearanceEngine.Storage;
using Npgsql;
using NpgsqlTypes;
using Orleans.Storage;

namespace ClearanceEngine.Bench.StockAdoNet;

/// <summary>
/// Orleans' AdoNet storage in the place of the group commit. It writes no index rows, without which no receipt finds its
/// parcel: new ones are written after the state, by a statement of their own. Not for production: a crash between the
/// two would lose them, and nobody would find what is in the outbox.
/// </summary>
sealed class StockStorage(IGrainStorage stock, NpgsqlDataSource source) : IGrainStorage
{
    readonly ConditionalWeakTable<object, string[]> _known = [];

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        stock.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string[] keys = grainState.State is IIndexedState indexed ? [.. indexed.IndexKeys] : [];
        await stock.WriteStateAsync(stateName, grainId, grainState);
        string[] added =
        [
            .. keys.Except(
                _known.TryGetValue(grainState, out var known) ? known : [],
                StringComparer.Ordinal
            ),
        ];
        if (added.Length == 0)
            return;
        await using var command = source.CreateCommand(
            "INSERT INTO document_index SELECT k, $2 FROM unnest($1) k ON CONFLICT DO NOTHING"
        );
        command.Parameters.Add(
            new NpgsqlParameter<string[]>
            {
                TypedValue = added,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            }
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = grainId.Key.ToString()! });
        await command.ExecuteNonQueryAsync();
        _known.AddOrUpdate(grainState, keys);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        stock.ClearStateAsync(stateName, grainId, grainState);
}
