using System.Collections.Immutable;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The memory of what leaves, over a database; bodies are encrypted.</summary>
sealed class OutboundLog(IStateDatabase database, StateProtection protection) : IOutboundLog
{
    public async Task<ImmutableArray<OutboundMember>> Claim(OutboundMessage message, CancellationToken cancellationToken = default) =>
        [.. await database.Claim(message with { Body = protection.Protect(message.Body.Span) })];

    public Task Finished(string messageGuid, CancellationToken cancellationToken = default) => database.Release(messageGuid);

    public Task Close(string messageGuid, CancellationToken cancellationToken = default) => database.Release(messageGuid);

    public async Task<OutboundMessage?> Find(string messageGuid, CancellationToken cancellationToken = default) =>
        await database.FindMessage(messageGuid) is { } message ? Clear(message) : null;

    public async Task<IReadOnlyList<OutboundMessage>> Unfinished(DateTimeOffset before, int limit, CancellationToken cancellationToken = default) =>
        [.. (await database.Unfinished(before, limit)).Select(Clear)];

    OutboundMessage Clear(OutboundMessage message) => message.Body.IsEmpty ? message : message with { Body = protection.Unprotect(message.Body.Span) };
}

/// <summary>The scan of who owes, over a database.</summary>
sealed class DueGrains(IStateDatabase database) : IDueGrains
{
    public Task<IReadOnlyList<DueGrain>> Due(DateTimeOffset until, int limit, CancellationToken cancellationToken = default) => database.Due(until, limit);
}
