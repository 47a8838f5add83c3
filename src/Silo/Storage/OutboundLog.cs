using System.Collections.Immutable;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The memory of what leaves, over a database; bodies are encrypted.</summary>
sealed class OutboundLog : IOutboundLog, IAsyncDisposable
{
    readonly IStateDatabase _database;
    readonly StateProtection _protection;
    readonly DatabaseRetry _retry;
    readonly Batcher<string, bool> _finished;

    public OutboundLog(
        IStateDatabase database,
        StorageOptions options,
        StateProtection protection,
        DatabaseRetry retry,
        TimeProvider time
    )
    {
        _database = database;
        _protection = protection;
        _retry = retry;
        var limits = new BatchLimits(options.QueueLimit, options.BatchSize, Workers: 1);
        _finished = new Batcher<string, bool>(limits, _ => 0, Finish, time);
    }

    public async Task<ClaimAnswer> Claim(
        OutboundMessage message,
        CancellationToken cancellationToken = default
    )
    {
        var closed = message with { Body = _protection.Protect(message.Body.Span, Place(message.Guid)) };
        var answer = await _retry.Run(() => _database.Claim(closed)).WaitAsync(cancellationToken);
        return answer.Message is null
            ? answer
            : answer with
            {
                Message = ReferenceEquals(answer.Message, closed) ? message : Clear(answer.Message),
            };
    }

    public Task Finished(string messageGuid, CancellationToken cancellationToken = default) =>
        _finished.Add(messageGuid).WaitAsync(cancellationToken);

    public Task<bool> Dissolve(string messageGuid, CancellationToken cancellationToken = default) =>
        _retry.Run(() => _database.Dissolve(messageGuid)).WaitAsync(cancellationToken);

    public async Task<OutboundMessage?> Find(
        string messageGuid,
        CancellationToken cancellationToken = default
    ) =>
        await _retry.Run(() => _database.FindMessage(messageGuid)).WaitAsync(cancellationToken) is { } message
            ? Clear(message)
            : null;

    public Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit,
        CancellationToken cancellationToken = default
    ) => _retry.Run(() => _database.Unfinished(before, after, limit)).WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => _finished.DisposeAsync();

    async Task<IReadOnlyList<Outcome<bool>>> Finish(IReadOnlyList<string> messageGuids)
    {
        await _retry.Run(async () =>
        {
            await _database.Finish(messageGuids);
            return true;
        });
        return [.. messageGuids.Select(_ => new Outcome<bool>(true))];
    }

    OutboundMessage Clear(OutboundMessage message) =>
        message.Body.IsEmpty
            ? message
            : message with
            {
                Body = _protection.Unprotect(message.Body.Span, Place(message.Guid)),
            };

    static string Place(string messageGuid) => $"outbound\n{messageGuid}";
}
