namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Bounds of the way out.</summary>
public sealed class DispatchOptions
{
    /// <summary>Most documents of a message; the schema allows 100. Default 100.</summary>
    public int DocumentsPerMessage { get; set; } = 100;

    /// <summary>
    /// Most bytes of a message as it is sent: XML, with the signature. Documents that would pass it go in the next message; one
    /// that passes it alone is refused. <c>Kafka:MessageMaxBytes</c> must allow 64 KiB more. Default 4 MiB.
    /// </summary>
    public int MessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long documents gather before a message leaves. Default 20 ms.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long receipts for a topic gather before they are produced together; a batch costs the broker almost what a record does. Default 50 ms.</summary>
    public TimeSpan ReceiptsLinger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Debts that wait here at once; more stay with their parcels and are offered again. Default 20,000.</summary>
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>Messages under way at once. Default 16.</summary>
    public int MessagesAtOnce { get; set; } = 16;

    /// <summary>Receipts for one receiver that wait here at once; more stay with their parcels and are offered again. Default 5,000.</summary>
    public int ReceiverQueueLimit { get; set; } = 5_000;

    /// <summary>Parcels whose receipts for one receiver (or questions for customs) leave at once. Default 128.</summary>
    public int HandOnsAtOnce { get; set; } = 128;

    /// <summary>Wait before a receiver whose topic failed is tried again; doubled each time. Default 1 s.</summary>
    public TimeSpan ReceiverBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest such wait. Default 1 min.</summary>
    public TimeSpan LongestReceiverBackoff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Tries of a message before its documents are left to the scan. Default 3.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>Wait after the first failed try; doubled each time. Default 500 ms.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long messages under way may finish when the silo stops; what is left is driven by the others' scan. Default 8 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>What a record of Kafka may have beside the message: key, headers, framing.</summary>
    internal const int RecordRoom = 64 * 1024;

    /// <summary>What is kept for a message's frame, its sender and its signature with certificate.</summary>
    internal const int FrameRoom = 16 * 1024;

    /// <summary>Most bytes of the documents of a message.</summary>
    internal int DocumentBytes => MessageBytes - FrameRoom;

    internal string? Fault() =>
        DocumentsPerMessage is < 1 or > 100 ? "Dispatch:DocumentsPerMessage must be 1..100 (SPEC22)."
        : MessageBytes < 2 * FrameRoom ? $"Dispatch:MessageBytes must be at least {2 * FrameRoom}."
        : ReceiptsLinger < TimeSpan.Zero || ReceiptsLinger > TimeSpan.FromSeconds(10)
            ? "Dispatch:ReceiptsLinger must be 0 to 10 s."
        : Linger < TimeSpan.Zero || FirstBackoff <= TimeSpan.Zero
            ? "Dispatch: Linger must not be below 0, FirstBackoff above 0."
        : ReceiverBackoff <= TimeSpan.Zero || LongestReceiverBackoff < ReceiverBackoff
            ? "Dispatch: ReceiverBackoff must be above 0, LongestReceiverBackoff not below it."
        : DrainTime < TimeSpan.Zero ? "Dispatch:DrainTime must not be below 0."
        : QueueLimit < 1 || MessagesAtOnce < 1 || ReceiverQueueLimit < 1 || HandOnsAtOnce < 1 || Attempts < 1
            ? "Dispatch: QueueLimit, MessagesAtOnce, ReceiverQueueLimit, HandOnsAtOnce and Attempts must be at least 1."
        : null;

    /// <summary>A message that Kafka would not take must not be gathered.</summary>
    /// <param name="recordMaxBytes">Most bytes of a record that the producer takes.</param>
    internal string? Fault(int recordMaxBytes) =>
        (long)MessageBytes + RecordRoom > recordMaxBytes
            ? $"Dispatch:MessageBytes ({MessageBytes}) and {RecordRoom} bytes for key and headers must fit into Kafka:MessageMaxBytes ({recordMaxBytes}); lower the one, or raise the other and max.message.bytes of the topic {TopicNames.Outbound}."
            : null;
}
