namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Bounds of the way out.</summary>
public sealed class DispatchOptions
{
    /// <summary>Most documents of a message; the schema allows 100. Default 100.</summary>
    public int DocumentsPerMessage { get; set; } = 100;

    /// <summary>How long documents gather before a message leaves. Default 20 ms.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long receipts for a topic gather before they are produced together; a batch costs the broker almost what a record does. Default 50 ms.</summary>
    public TimeSpan ReceiptsLinger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Debts that wait here at once; more stay with their parcels and are offered again. Default 20,000.</summary>
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>Messages under way at once. Default 16.</summary>
    public int MessagesAtOnce { get; set; } = 16;

    /// <summary>Parcels whose receipts and questions leave at once. Default 128.</summary>
    public int HandOnsAtOnce { get; set; } = 128;

    /// <summary>Tries before a debt is left to the scan. Default 3.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>Wait after the first failed try; doubled each time. Default 500 ms.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long messages under way may finish when the silo stops; what is left is driven by the others' scan. Default 8 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(8);

    internal string? Fault() =>
        DocumentsPerMessage is < 1 or > 100 ? "Dispatch:DocumentsPerMessage must be 1..100 (SPEC22)."
        : ReceiptsLinger < TimeSpan.Zero || ReceiptsLinger > TimeSpan.FromSeconds(10)
            ? "Dispatch:ReceiptsLinger must be 0 to 10 s."
        : Linger < TimeSpan.Zero || FirstBackoff <= TimeSpan.Zero
            ? "Dispatch: Linger must not be below 0, FirstBackoff above 0."
        : DrainTime < TimeSpan.Zero ? "Dispatch:DrainTime must not be below 0."
        : QueueLimit < 1 || MessagesAtOnce < 1 || HandOnsAtOnce < 1 || Attempts < 1
            ? "Dispatch: QueueLimit, MessagesAtOnce, HandOnsAtOnce and Attempts must be at least 1."
        : null;
}
