using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Parcels;

/// <summary>Times and bounds of a parcel.</summary>
public sealed class ParcelOptions
{
    /// <summary>A document with no further receipt for this long makes the engine ask customs; each further question waits twice as long. Default 10 min.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest wait between two questions. Default 24 h.</summary>
    public TimeSpan LongestQuestionInterval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Questions about one document that bring no news, after which the engine asks no more by itself; an operator still may.
    /// A parcel that holds quota, a cancellation and a return are asked about until they are decided. Default 40, about a month.
    /// </summary>
    public int MaxQuestions { get; set; } = 40;

    /// <summary>What is owed and not done after this long is tried again. Default 30 s.</summary>
    public TimeSpan RedriveAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Receipts that have been owed for long are tried ever more rarely, for their receiver's topic is broken: after half as
    /// long again, but at least this often. Default 2 min.
    /// </summary>
    public TimeSpan LongestRedrive { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a document of a parcel that still lacks others may wait for them, to be stored together. It goes to customs
    /// after that, and its record is committed; what a crash repeats grows with it. Zero stores each at once. Default 1 s.
    /// </summary>
    public TimeSpan DocumentsWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a receipt from which nothing follows, and what was done, may wait to be stored with what comes next. The
    /// receipt is handed on after that. Zero stores each at once. Default 5 s.
    /// </summary>
    public TimeSpan ReceiptsWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Clocks differ: a receipt older than the dispatch by more than this is doubted. Default 5 min.</summary>
    public TimeSpan ReceiptTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far a document's appTime may lie ahead of its arrival. Newer wins by appTime, so one from a clock that is wrong by a
    /// year would make every later change of that year a stale one. Default 24 h.
    /// </summary>
    public TimeSpan AppTimeAhead { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Times a document is sent again after a technical failure at customs; then it is asked about only. Default 3.</summary>
    public int MaxResends { get; set; } = 3;

    /// <summary>Receipts kept with a parcel; the oldest unapplied leave first. Default 64.</summary>
    public int MaxReceipts { get; set; } = 64;

    /// <summary>Entries of the timeline kept; the oldest leave first. Default 200.</summary>
    public int MaxTimeline { get; set; } = 200;

    /// <summary>Refused documents kept; the oldest leave first. Default 16.</summary>
    public int MaxRefusals { get; set; } = 16;

    /// <summary>Codes of participants by parcel role that get copies of the list's receipts: any of <c>platform</c>, <c>merchant</c>. Default none.</summary>
    public string[] ReceiptCopies { get; set; } = [];

    /// <summary>What cannot work, in words; null when nothing is wrong.</summary>
    public string? Fault() =>
        DocumentsWait < TimeSpan.Zero
        || DocumentsWait > LongestWait
        || ReceiptsWait < TimeSpan.Zero
        || ReceiptsWait > LongestWait
            ? $"Parcel: DocumentsWait and ReceiptsWait must be between 0 and {LongestWait}; a call that waits longer counts as failed."
        : AnswerTimeout <= TimeSpan.Zero
        || RedriveAfter <= TimeSpan.Zero
        || LongestRedrive < RedriveAfter
        || LongestQuestionInterval < AnswerTimeout
        || ReceiptTolerance < TimeSpan.Zero
        || AppTimeAhead < TimeSpan.Zero
            ? "Parcel: AnswerTimeout and RedriveAfter must be above 0, LongestRedrive not below RedriveAfter, LongestQuestionInterval not below AnswerTimeout, ReceiptTolerance and AppTimeAhead not below 0."
        : AppTimeAhead > TimeSpan.FromDays(3_650) ? "Parcel:AppTimeAhead must be at most 3,650 days."
        : MaxQuestions < 1 ? "Parcel:MaxQuestions must be at least 1."
        : MaxResends < 0 || MaxReceipts < 1 || MaxTimeline < 2 || MaxRefusals < 1
            ? "Parcel: MaxResends must not be below 0, MaxReceipts and MaxRefusals at least 1, MaxTimeline at least 2."
        : null;

    /// <summary>Below Orleans' time-out of a call, 30 s, and the time in which a feed drains.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);
}

/// <summary>Everything that <see cref="Parcel.Decide"/> decides by, beside state, input and time.</summary>
/// <param name="Port">Rules of the port.</param>
/// <param name="Options">Times and bounds.</param>
/// <param name="Limits">Dated purchase limits.</param>
/// <param name="Tax">Tax estimate.</param>
/// <param name="Identity">Keyed hash of id numbers.</param>
public sealed record ParcelRules(
    PortOptions Port,
    ParcelOptions Options,
    LimitTable Limits,
    TaxCalculator Tax,
    SubscriberIdentity Identity
);
