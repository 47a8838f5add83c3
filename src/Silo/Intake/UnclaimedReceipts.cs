using ClearanceEngine.Ceb;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Intake;

/// <summary>Receipts that no parcel claimed go to the dead letters, from where they can be put back.</summary>
sealed partial class UnclaimedReceipts(IDeadLetters deadLetters, ILogger<UnclaimedReceipts> logger)
    : IUnclaimedReceipts
{
    public async Task Park(CebDocument receipt, DateTimeOffset since)
    {
        var guid = receipt.Guid;
        var record = new FeedRecord(
            TopicNames.Receipts,
            0,
            -1,
            since,
            null,
            CebWriter.Write(new CebMessage(receipt.Type, guid, "1.0", [receipt])),
            []
        );
        await deadLetters.Park(
            TopicNames.DeadLetters,
            record,
            new DeadLetter(
                ProblemCode.ReceiptWithoutParcel,
                $"没有包裹含有 {receipt.Schema.Root} 所答复的单证。No parcel has the document that this {receipt.Schema.Root} answers; it waited since {since:O}. If the parcel comes later, retry this dead letter.",
                1
            ),
            CancellationToken.None
        );
        LogUnclaimed(receipt.Schema.Root, guid);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Message} {Guid} found no parcel and went to the dead letters."
    )]
    partial void LogUnclaimed(string message, string guid);
}
