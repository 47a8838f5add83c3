using System.Collections.Immutable;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Unmatched;

/// <summary>Status and inbound-note lines that wait under the number of their waybill until a parcel has it.</summary>
[GenerateSerializer, Alias("clearance.waiting.state")]
public sealed record UnmatchedNews : IIndexedState, IDueState
{
    [Id(0)]
    public string LogisticsCode { get; init; } = "";

    [Id(1)]
    public string LogisticsNo { get; init; } = "";

    [Id(2)]
    public ImmutableArray<UnmatchedDocument> Documents { get; init; } = [];

    /// <summary>Looks since the last document came; each waits twice as long as the one before.</summary>
    [Id(3)]
    public int Looks { get; init; }

    /// <inheritdoc/>
    [Id(4)]
    public DateTimeOffset? TimeDueAt { get; init; }

    /// <summary>What senders are to be told.</summary>
    [Id(5)]
    public ImmutableArray<ForwardReceipt> Outbox { get; init; } = [];

    /// <inheritdoc/>
    [Id(6)]
    public DateTimeOffset? OutboxDueAt { get; init; }

    /// <summary>Nothing waits, and nobody is to be told anything.</summary>
    public bool IsEmpty => Documents.IsEmpty && Outbox.IsEmpty;

    public WaybillNames Names => new(LogisticsCode, LogisticsNo);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> IndexKeys =>
        Documents.IsEmpty ? [] : [IndexKey.UnmatchedByWaybill(LogisticsCode, LogisticsNo)];

    /// <summary>With one more; the problem, if it is refused. The same again is no news.</summary>
    public (UnmatchedNews Next, Problem? Problem) Hold(
        Submission submission,
        WaybillNames names,
        UnmatchedOptions options,
        DateTimeOffset now
    )
    {
        if (UnmatchedDocuments.Known(Documents, submission) is { } known)
            return (
                this,
                known.Submission.Document.SameAs(submission.Document) ? null : submission.GuidReused()
            );
        if (UnmatchedDocuments.NoRoom(Documents, submission, options) is { } problem)
            return (this, problem);
        var next = this with
        {
            LogisticsCode = names.LogisticsCode,
            LogisticsNo = names.LogisticsNo,
            Documents = Documents.Add(UnmatchedDocuments.Begin(submission, options, now)),
            Looks = 0,
            TimeDueAt = now + options.FirstLook,
        };
        return (next, null);
    }

    /// <summary>A look found no parcel: the next one comes later.</summary>
    public UnmatchedNews LookedInVain(UnmatchedOptions options, DateTimeOffset now)
    {
        var turn = UnmatchedDocuments.Wake(Documents, options, now);
        return this with
        {
            Documents = turn.Waiting,
            Outbox = [.. Outbox, .. turn.Receipts],
            Looks = Looks + 1,
            TimeDueAt = turn.Waiting.IsEmpty ? null : now + options.WaitAfter(Looks + 1),
            OutboxDueAt = turn.Receipts.IsEmpty ? OutboxDueAt : now + options.LookAgain,
        };
    }

    /// <summary>What parcels have stored, or senders were told, is forgotten.</summary>
    public UnmatchedNews Without(
        IReadOnlyCollection<UnmatchedDocument> documents,
        IReadOnlyCollection<ForwardReceipt> told
    )
    {
        // By type and guid: one whose sender was told meanwhile is another object, and the same document.
        ImmutableArray<UnmatchedDocument> gone = [.. documents];
        var left = Documents.RemoveAll(kept => UnmatchedDocuments.Known(gone, kept.Submission) is not null);
        var untold = Outbox.RemoveRange(told);
        return this with
        {
            Documents = left,
            Outbox = untold,
            TimeDueAt = left.IsEmpty ? null : TimeDueAt,
            OutboxDueAt = untold.IsEmpty ? null : OutboxDueAt,
        };
    }
}
