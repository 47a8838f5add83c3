using System.Collections.Immutable;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The memory of what leaves, over a database; bodies are encrypted.</summary>
sealed class OutboundLog(IStateDatabase database, StateProtection protection, DatabaseRetry retry)
    : IOutboundLog
{
    public async Task<ClaimAnswer> Claim(
        OutboundMessage message,
        CancellationToken cancellationToken = default
    )
    {
        var closed = message with { Body = protection.Protect(message.Body.Span, Place(message.Guid)) };
        var answer = await retry.Run(() => database.Claim(closed)).WaitAsync(cancellationToken);
        return answer.Message is null
            ? answer
            : answer with
            {
                Message = ReferenceEquals(answer.Message, closed) ? message : Clear(answer.Message),
            };
    }

    public Task Finished(string messageGuid, CancellationToken cancellationToken = default) =>
        retry
            .Run(async () =>
            {
                await database.Finish(messageGuid);
                return true;
            })
            .WaitAsync(cancellationToken);

    public Task<bool> Dissolve(string messageGuid, CancellationToken cancellationToken = default) =>
        retry.Run(() => database.Dissolve(messageGuid)).WaitAsync(cancellationToken);

    public async Task<OutboundMessage?> Find(
        string messageGuid,
        CancellationToken cancellationToken = default
    ) =>
        await retry.Run(() => database.FindMessage(messageGuid)).WaitAsync(cancellationToken) is { } message
            ? Clear(message)
            : null;

    public Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit,
        CancellationToken cancellationToken = default
    ) => retry.Run(() => database.Unfinished(before, after, limit)).WaitAsync(cancellationToken);

    OutboundMessage Clear(OutboundMessage message) =>
        message.Body.IsEmpty
            ? message
            : message with
            {
                Body = protection.Unprotect(message.Body.Span, Place(message.Guid)),
            };

    static string Place(string messageGuid) => $"outbound\n{messageGuid}";
}
