using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Bounds of the way out.</summary>
public sealed class DispatchOptions : IValidatableObject
{
    /// <summary>Most documents of a message; the schema allows 100. Default 100.</summary>
    [Range(1, 100)]
    public int DocumentsPerMessage { get; set; } = 100;

    /// <summary>
    /// Most bytes of a message as it is sent: XML, with the signature. Documents that would pass it go in the next message; one
    /// that passes it alone is refused. <c>Kafka:MessageMaxBytes</c> must allow 64 KiB more. Default 4 MiB.
    /// </summary>
    [Range(2 * FrameRoom, 64 * 1024 * 1024)]
    public int MessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long documents gather before a message leaves: a message costs a signature, however many it carries. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long lines of inbound notes gather: a message has one note alone, whose lines come as their lists are taken. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan InboundNotesLinger { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long receipts for a topic gather before they are produced together; a batch costs the broker almost what a record does. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ReceiptsLinger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Effects that wait here at once; more stay with their parcels and are offered again. Default 20,000.</summary>
    [Range(1, 10_000_000)]
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>Messages that are signed and produced at once; more wait. Default 16.</summary>
    [Range(1, 10_000)]
    public int MessagesAtOnce { get; set; } = 16;

    /// <summary>Receipts for one receiver that wait here at once; more stay with their parcels and are offered again. Default 5,000.</summary>
    [Range(1, 10_000_000)]
    public int ReceiverQueueLimit { get; set; } = 5_000;

    /// <summary>Receipts for one receiver (or questions for customs) that are on their way at once. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int HandOnsAtOnce { get; set; } = 1_000;

    /// <summary>
    /// How long a topic may take for a receipt (or a question); then it counts as broken. A record of customs' receipts waits no
    /// longer for its receivers: what is not handed on by then is stored with its parcel and goes later. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan HandOnTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait before a receiver whose topic failed is tried again; doubled each time. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan ReceiverBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a receiver whose topic failed is tried again. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestReceiverBackoff { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Tries of a message before its documents are left to the scan. Default 3.</summary>
    [Range(1, 1_000)]
    public int Attempts { get; set; } = 3;

    /// <summary>Wait after the first failed try of a message; doubled each time. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long messages under way may finish when the silo stops; what is left is driven by the others' scan. Default 8 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>What a record of Kafka may have beside the message: key, headers, framing.</summary>
    internal const int RecordRoom = 64 * 1024;

    /// <summary>What is kept for a message's frame, its sender and its signature with certificate.</summary>
    internal const int FrameRoom = 16 * 1024;

    /// <summary>Most bytes of the documents of a message.</summary>
    internal int DocumentBytes => MessageBytes - FrameRoom;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        SettingRule.NotBelow(
            nameof(LongestReceiverBackoff),
            LongestReceiverBackoff,
            nameof(ReceiverBackoff),
            ReceiverBackoff
        );
}
