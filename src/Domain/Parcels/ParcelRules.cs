using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Parcels;

/// <summary>Times and bounds of a parcel.</summary>
public sealed class ParcelOptions : IValidatableObject
{
    /// <summary>A document with no further receipt for this long makes the engine ask customs; each further question waits twice as long. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest wait between two questions. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan LongestQuestionInterval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Questions about one document that bring no news, after which the engine asks no more by itself; an operator still may.
    /// A parcel that holds quota, a cancellation and a return are asked about until they are decided. Default 40, about a month.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxQuestions { get; set; } = 40;

    /// <summary>What is in the outbox and not done after this long, or half of it, is tried again, and again as <c>Recovery</c> says. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RedriveAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a document of a parcel that still lacks others may wait for them, to be stored together. It goes to customs
    /// after that, and its record is committed; what a crash repeats grows with it. Zero stores each at once. Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", LongestWait)]
    public TimeSpan DocumentsWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a receipt from which nothing follows, and what was done, may wait to be stored with what comes next. The
    /// receipt is handed on after that. Zero stores each at once. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", LongestWait)]
    public TimeSpan ReceiptsWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Clocks differ: a receipt older than the dispatch by more than this is doubted. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan ReceiptTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How far a document's appTime may lie ahead of its arrival. Newer wins by appTime, so one from a clock that is wrong by a
    /// year would make every later change of that year a stale one. Default 24 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan AppTimeAhead { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Questions about a document that brought nothing at all, after which it is sent again, for customs may never have got it;
    /// not one of a message that its participant signed. 0 never does so. Default 3.
    /// </summary>
    [Range(0, 10_000)]
    public int QuestionsBeforeResend { get; set; } = 3;

    /// <summary>
    /// Times a document is sent again by itself, after a technical failure at customs or because customs never got it; then it is
    /// asked about only. An operator may order as many more. Default 3.
    /// </summary>
    [Range(0, 1_000)]
    public int MaxResends { get; set; } = 3;

    /// <summary>Receipts kept with a parcel; the oldest unapplied leave first. Default 64.</summary>
    [Range(1, 10_000)]
    public int MaxReceipts { get; set; } = 64;

    /// <summary>Entries of the timeline kept; the oldest leave first. Default 200.</summary>
    [Range(2, 10_000)]
    public int MaxTimeline { get; set; } = 200;

    /// <summary>Refused documents kept, and receipts to one company about waybills that wait or waited; the oldest leave first. Default 16.</summary>
    [Range(1, 10_000)]
    public int MaxRefusals { get; set; } = 16;

    /// <summary>Documents of one type that a parcel holds of one company, each under its own key: payments, waybills. Further ones are refused. Default 16.</summary>
    [Range(1, 1_000)]
    public int MaxOfOneType { get; set; } = 16;

    /// <summary>Platforms under one order number for which a company may send documents where nobody else's order is. Further ones are refused; what a platform sends for itself never is for this. Default 4.</summary>
    [Range(1, 1_000)]
    public int MaxPlatforms { get; set; } = 4;

    /// <summary>Most bytes of documents of one company that a parcel's journal takes, and that it takes of waybills that wait for their parcel. Half of it is for changes alone: from there on what is refused, stale or repeated is told and not kept. Default 8 MiB.</summary>
    [Range(typeof(long), "65536", "1073741824")]
    public long MaxJournalBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Names kept that a parcel's documents had before, and names under which it has looked for waiting documents, each; the oldest leave first, and receipts that echo them find no parcel. Default 64.</summary>
    [Range(1, 10_000)]
    public int MaxNames { get; set; } = 64;

    /// <summary>Codes of participants by parcel role that get copies of the list's receipts: any of <c>platform</c>, <c>merchant</c>. Default none.</summary>
    public string[] ReceiptCopies { get; set; } = [];

    /// <summary>Below Orleans' time-out of a call, 30 s, and the time in which a feed drains.</summary>
    const string LongestWait = "00:00:08";

    /// <summary>Roles whose participants may get copies.</summary>
    static readonly string[] CopyRoles = ["platform", "merchant"];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [
            .. SettingRule.NotBelow(
                nameof(LongestQuestionInterval),
                LongestQuestionInterval,
                nameof(AnswerTimeout),
                AnswerTimeout
            ),
            .. ReceiptCopies
                .Index()
                .Where(c => !CopyRoles.Contains(c.Item, StringComparer.Ordinal))
                .Select(c => new ValidationResult(
                    "应为 platform 或 merchant。It must be platform or merchant.",
                    [$"{nameof(ReceiptCopies)}:{c.Index}"]
                )),
        ];
}

/// <summary>Everything that <see cref="Parcel.Decide"/> decides by, beside state, input and time.</summary>
/// <param name="CustomsPort">Rules of the port.</param>
/// <param name="Options">Times and bounds.</param>
/// <param name="Limits">Dated purchase limits.</param>
/// <param name="Tax">Tax estimate.</param>
/// <param name="Identity">Keyed hash of id numbers.</param>
public sealed record ParcelRules(
    CustomsPortOptions CustomsPort,
    ParcelOptions Options,
    LimitTable Limits,
    TaxCalculator Tax,
    SubscriberIdentity Identity
)
{
    /// <summary>How long, and how much, waits for its parcel.</summary>
    public UnmatchedOptions Unmatched { get; init; } = new();
}
