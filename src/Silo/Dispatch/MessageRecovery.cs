using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Brings messages to their end that were claimed and never finished: the same bytes under the same guid (rule 3).</summary>
sealed partial class MessageRecovery(
    RecoveryOptions options,
    IOutboundLog outbound,
    OutboundMessages messages,
    IDispatchGrains grains,
    TimeProvider time,
    ILogger<MessageRecovery> logger
) : RecoveryLoop<UnfinishedMessage>("messages", options, grains, time, logger)
{
    public override Task<IReadOnlyList<UnfinishedMessage>> Page(
        UnfinishedMessage? after,
        int limit,
        CancellationToken cancellationToken
    ) => outbound.Unfinished(Time.GetUtcNow() - Options.UnfinishedAfter, after, limit, cancellationToken);

    public override string KeyOf(UnfinishedMessage item) => item.Guid;

    public override async Task Drive(UnfinishedMessage item, CancellationToken cancellationToken)
    {
        if (await outbound.Find(item.Guid, cancellationToken) is not { } message)
            return;
        LogRecovered(message.MessageType, message.Guid, message.Members.Length);
        await messages.Finish(message, OutboundMessages.NobodyWaits, cancellationToken);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Message} {Guid} with {Members} documents was claimed and not finished; it is brought to its end."
    )]
    partial void LogRecovered(string message, string guid, int members);
}
