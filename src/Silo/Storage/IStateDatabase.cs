using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Key of a row: the state's name and the grain's key.</summary>
public readonly record struct RowKey(string GrainType, string GrainKey);

/// <summary>A stored row.</summary>
/// <param name="Nonce">Names the write that made it.</param>
public sealed record StateRow(long Version, Guid Nonce, byte[] Payload);

/// <summary>One write of one grain.</summary>
/// <param name="Key">Which row.</param>
/// <param name="Expected">Version it was read at; 0 for a row that must not be there.</param>
/// <param name="Prior">Nonce of the row it was read from, where known: a row that was removed and made again may have the same version.</param>
/// <param name="Nonce">Names this very write, so that a repeat after an ambiguous commit knows its own work.</param>
/// <param name="Payload">New state; null removes the row and its index rows.</param>
/// <param name="DueAt">See <see cref="IOwingState"/>; Unix milliseconds.</param>
/// <param name="AddedKeys">Index rows to add, sorted.</param>
/// <param name="RemovedKeys">Index rows to remove, sorted; null removes all that are not in <paramref name="AddedKeys"/>.</param>
public sealed record RowWrite(RowKey Key, long Expected, Guid? Prior, Guid Nonce, byte[]? Payload, long? DueAt, IReadOnlyList<string> AddedKeys, IReadOnlyList<string>? RemovedKeys)
{
    public long Version => Expected + 1;
}

/// <summary>What a database has to do; everything else (batches, retries, encryption, ETags) is shared.</summary>
public interface IStateDatabase : IAsyncDisposable
{
    /// <summary>Which database, for people: never with a password.</summary>
    string Place { get; }

    /// <summary>Brings the schema up to this code's version; refuses a newer one.</summary>
    Task Migrate(CancellationToken cancellationToken);

    /// <summary>
    /// One transaction: rows whose version is as expected are written with their index rows, the others are left alone.
    /// True for each write that is in the database afterwards (a row that carries its nonce already counts).
    /// No key stands twice in a batch.
    /// </summary>
    Task<bool[]> Commit(IReadOnlyList<RowWrite> writes);

    Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys);

    /// <summary>Pairs of index key and grain key.</summary>
    Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(IReadOnlyCollection<string> keys);

    Task<IReadOnlyList<DueGrain>> Due(DateTimeOffset until, int limit);

    /// <summary>See <see cref="IOutboundLog.Claim"/>; the body is encrypted already.</summary>
    /// <exception cref="InvalidOperationException">The guid is taken by a message with other members.</exception>
    Task<ClaimAnswer> Claim(OutboundMessage message);

    /// <summary>See <see cref="IOutboundLog.Finished"/>.</summary>
    Task Finish(string messageGuid);

    Task<OutboundMessage?> FindMessage(string messageGuid);

    Task<IReadOnlyList<OutboundMessage>> Unfinished(DateTimeOffset before, int limit);

    /// <summary>True for a lost connection or a busy database: the same call may succeed later.</summary>
    bool IsTransient(Exception error);

    Task Ping(CancellationToken cancellationToken);
}
