using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Key of a row: the state's name and the grain's key.</summary>
public readonly record struct RowKey(string GrainType, string GrainKey);

/// <summary>A stored row.</summary>
/// <param name="Nonce">Names the write that made it.</param>
public sealed record StateRow(long Version, Guid Nonce, byte[] Payload)
{
    /// <summary>The payloads of its journal rows in the order of their versions, read at one moment with the row.</summary>
    public IReadOnlyList<byte[]> Journal { get; init; } = [];
}

/// <summary>One write of one grain.</summary>
/// <param name="Key">Which row.</param>
/// <param name="Expected">Version it was read at; 0 for a row that must not be there.</param>
/// <param name="Prior">Nonce of the row it was read from, where known: a row that was removed and made again may have the same version.</param>
/// <param name="Nonce">Names this very write, so that a repeat after an ambiguous commit knows its own work.</param>
/// <param name="Payload">New state; null removes the row, its journal rows and its index rows.</param>
/// <param name="OutboxDueAt">See <see cref="IDueState.OutboxDueAt"/>; Unix milliseconds.</param>
/// <param name="TimeDueAt">See <see cref="IDueState.TimeDueAt"/>; Unix milliseconds.</param>
/// <param name="RestDay">Day of this write, counted from 1970-01-01 (UTC), of a state at rest (see <see cref="IRestingState"/>); null for others.</param>
/// <param name="AddedKeys">Index rows to add, sorted.</param>
/// <param name="RemovedKeys">Index rows to remove, sorted; null removes all that are not in <paramref name="AddedKeys"/>.</param>
/// <param name="Journal">Appended to the journal under this write's version, if the write wins; null appends nothing.</param>
public sealed record RowWrite(
    RowKey Key,
    long Expected,
    Guid? Prior,
    Guid Nonce,
    byte[]? Payload,
    long? OutboxDueAt,
    long? TimeDueAt,
    int? RestDay,
    IReadOnlyList<string> AddedKeys,
    IReadOnlyList<string>? RemovedKeys,
    byte[]? Journal = null
)
{
    public long Version => Expected + 1;
}

/// <summary>A row on its way to the archive, with all that goes with it.</summary>
/// <param name="RestDay">Day of its last write, counted from 1970-01-01 (UTC).</param>
/// <param name="IndexKeys">Names by which it was found.</param>
/// <param name="Sent">Its effects that left, and the messages that carried them.</param>
/// <param name="Journal">Its journal, in the order of the versions.</param>
public sealed record RetiredRow(
    RowKey Key,
    long Version,
    int RestDay,
    byte[] Payload,
    IReadOnlyList<string> IndexKeys,
    IReadOnlyList<SentEffect> Sent,
    IReadOnlyList<JournalRow> Journal
);

/// <summary>What one write appended to the journal of its row.</summary>
public sealed record JournalRow(long Version, byte[] Payload);

/// <summary>An effect that left in a message.</summary>
public sealed record SentEffect(string EffectId, string MessageGuid);

/// <summary>Where a message stands among the others: by its time (Unix milliseconds), then its guid.</summary>
public sealed record MessagePlace(long CreatedAt, string Guid);

/// <summary>What a look at old messages found.</summary>
/// <param name="Looked">Messages looked at; fewer than the limit when there are no more.</param>
/// <param name="Forgotten">Those forgotten.</param>
/// <param name="Last">The last one looked at; null when there was none.</param>
public readonly record struct MessageLook(int Looked, int Forgotten, MessagePlace? Last);

/// <summary>What a database has to do; everything else (batches, retries, encryption, ETags) is shared.</summary>
public interface IStateDatabase : IAuditDatabase, IAsyncDisposable
{
    /// <summary>Which database, for people: never with a password.</summary>
    string Place { get; }

    /// <summary>
    /// Brings the schema up to this code's version while others may write; one engine at a time, others wait. Without
    /// any time-out. A database of a newer minor version is left as it is.
    /// </summary>
    /// <param name="tell">Hears what happens.</param>
    /// <param name="cancellationToken">Ends it; what was interrupted is done again next time.</param>
    /// <exception cref="SchemaVersionException">The database is of another major version: a newer one, or one of which nothing is carried over.</exception>
    Task Migrate(Action<SchemaNews> tell, CancellationToken cancellationToken);

    /// <summary>
    /// Reads what is known of the keys that the rows depend on and keeps what <paramref name="change"/> makes of it: one
    /// transaction, and over all engines one at a time. Where it throws, nothing is changed. The schema must be there.
    /// </summary>
    Task ChangeKeys(Func<IReadOnlyList<DatabaseKey>, IReadOnlyList<DatabaseKey>> change);

    /// <summary>True if a row of one of these states is stored.</summary>
    Task<bool> HasRows(IReadOnlyList<string> grainTypes);

    /// <summary>True if something stored is encrypted with this key of the ring. Looks at every row and has no time-out.</summary>
    Task<bool> IsEncryptedWith(byte key);

    /// <summary>
    /// One transaction: rows whose version is as expected are written with their journal and index rows, the others are left alone.
    /// True for each write that is in the database afterwards (a row that carries its nonce already counts).
    /// No key stands twice in a batch.
    /// </summary>
    Task<bool[]> Commit(IReadOnlyList<RowWrite> writes);

    /// <summary>Rows with their journals, each as it was at one moment.</summary>
    Task<StateRow?[]> Read(IReadOnlyList<RowKey> keys);

    /// <summary>True for each key that has a row; nothing of the rows is read.</summary>
    Task<bool[]> Exist(IReadOnlyList<RowKey> keys);

    /// <summary>Pairs of index key and grain key.</summary>
    Task<IReadOnlyList<(string IndexKey, string GrainKey)>> Find(IReadOnlyCollection<string> keys);

    /// <summary>See <see cref="IDueGrains.Due"/>.</summary>
    Task<IReadOnlyList<DueGrain>> Due(DueFor what, DateTimeOffset until, DueGrain? after, int limit);

    /// <summary>See <see cref="IOutboundLog.Claim"/>; the body is encrypted already.</summary>
    /// <exception cref="InvalidOperationException">The guid is taken by a message with other members.</exception>
    Task<ClaimAnswer> Claim(OutboundMessage message);

    /// <summary>See <see cref="IOutboundLog.Finished"/>; several at once, for each transaction costs as much as a dozen rows.</summary>
    Task Finish(IReadOnlyList<string> messageGuids);

    /// <summary>See <see cref="IOutboundLog.Dissolve"/>.</summary>
    Task<bool> Dissolve(string messageGuid);

    Task<OutboundMessage?> FindMessage(string messageGuid);

    /// <summary>See <see cref="IOutboundLog.Unfinished"/>.</summary>
    Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit
    );

    /// <summary>See <see cref="IBacklog.Measure"/>.</summary>
    Task<Backlog> Backlog(DateTimeOffset now);

    /// <summary>
    /// Takes out rows that have rested since before a day, with their journals, their names and the traces of what they sent, once
    /// <paramref name="keep"/> has them safe; if that fails, nothing is taken out. A row that is written meanwhile stays.
    /// Two silos never take the same row.
    /// </summary>
    /// <returns>Rows handed to <paramref name="keep"/>; fewer than the limit when there are no more.</returns>
    Task<int> Retire(
        int beforeDay,
        int limit,
        Func<IReadOnlyList<RetiredRow>, Task> keep,
        CancellationToken cancellationToken
    );

    /// <summary>Puts an archived row back; false if there is a row of that key.</summary>
    Task<bool> Restore(RetiredRow row);

    /// <summary>Looks at finished messages from before a time, oldest first, and forgets those all of whose members are gone.</summary>
    /// <param name="behind">The last one of the look before; null begins with the oldest.</param>
    /// <param name="before">Messages made earlier.</param>
    /// <param name="limit">Most to look at.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<MessageLook> ForgetMessages(
        MessagePlace? behind,
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>True for a lost connection or a busy database: the same call may succeed later.</summary>
    bool IsTransient(Exception error);

    /// <summary>Returns when the database answers, whether or not it takes writes.</summary>
    Task Ping(CancellationToken cancellationToken);

    /// <summary>Commits something of no meaning: whether the database does what is needed of it, not only answers. The schema must be there. Ask through <see cref="WriteProbe"/>.</summary>
    Task TryWrite(CancellationToken cancellationToken);

    /// <summary>Is told how a call failed: where that means that the server is another one now, connections to the old one are dropped.</summary>
    void Failed(Exception error);
}
