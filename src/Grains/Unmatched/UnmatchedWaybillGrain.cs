using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ClearanceEngine.Unmatched;

/// <summary>What waits under one waybill.</summary>
[GenerateSerializer, Alias("clearance.waiting.state")]
public sealed record UnmatchedWaybill : IIndexedState, IDueState
{
    [Id(0)]
    public string LogisticsCode { get; init; } = "";

    [Id(1)]
    public string LogisticsNo { get; init; } = "";

    [Id(2)]
    public ImmutableArray<Submission> Documents { get; init; } = [];

    [Id(3)]
    public DateTimeOffset? Since { get; init; }

    /// <inheritdoc/>
    [Id(4)]
    public DateTimeOffset? TimeDueAt { get; init; }

    /// <inheritdoc/>
    public DateTimeOffset? OutboxDueAt => null;

    /// <summary>What it is known by: of several revisions of the waybill, the order of the newest.</summary>
    public WaybillNames Names =>
        new(
            LogisticsCode,
            LogisticsNo,
            Documents
                .Where(d => d.Type == DocumentType.Waybill)
                .OrderBy(d => d.Document[LogisticsHead.AppTime], StringComparer.Ordinal)
                .ThenBy(d => d.Document[LogisticsHead.Guid], StringComparer.Ordinal)
                .LastOrDefault()
                ?.Document[LogisticsHead.OrderNo]
        );

    /// <inheritdoc/>
    public IReadOnlyCollection<string> IndexKeys =>
        Documents.Length == 0
            ? []
            :
            [
                IndexKey.UnmatchedByWaybill(LogisticsCode, LogisticsNo),
                .. Names.OrderNo is { } orderNo ? [IndexKey.UnmatchedByOrder(orderNo)] : (string[])[],
            ];
}

/// <summary>Thin: keep, look, hand over.</summary>
[Reentrant]
public sealed partial class UnmatchedWaybillGrain : Grain, IUnmatchedWaybillGrain
{
    readonly IPersistentState<UnmatchedWaybill> _stored;
    readonly IDocumentIndex _index;
    readonly UnmatchedOptions _options;
    readonly TimeProvider _time;
    readonly ILogger<UnmatchedWaybillGrain> _logger;
    readonly SharedWrite _write;
    UnmatchedWaybill _state;

    public UnmatchedWaybillGrain(
        [PersistentState("waiting", "parcels")] IPersistentState<UnmatchedWaybill> stored,
        IDocumentIndex index,
        UnmatchedOptions options,
        TimeProvider time,
        ILogger<UnmatchedWaybillGrain> logger
    )
    {
        (_stored, _index, _options, _time, _logger) = (stored, index, options, time, logger);
        _state = new UnmatchedWaybill();
        _write = new SharedWrite(Save, DeactivateOnIdle);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = _stored.State;
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<SubmissionReply>> Hold(ImmutableArray<Submission> submissions)
    {
        var state = _state;
        var names = WaybillNames.Of(submissions[0].Document)
            ?? throw new ArgumentException("It names no waybill.", nameof(submissions));
        var documents = state.Documents.ToList();
        var refused = new Dictionary<Submission, Problem>(ReferenceEqualityComparer.Instance);
        foreach (var submission in submissions)
        {
            var known = documents.FirstOrDefault(d => GuidOf(d) == GuidOf(submission));
            if (known is null && documents.Count < _options.MostUnderOneName)
                documents.Add(submission);
            else if (known is null)
                refused[submission] = NoRoom(submission);
            else if (!known.Document.SameAs(submission.Document))
                refused[submission] = submission.GuidReused();
        }
        var now = _time.GetUtcNow();
        await Keep(
            state with
            {
                LogisticsCode = names.LogisticsCode,
                LogisticsNo = names.LogisticsNo,
                Documents = [.. documents],
                Since = state.Since ?? now,
                TimeDueAt = now + _options.LookAgain,
            }
        );
        // Stored first, then looked again: a parcel that came meanwhile either sees us or is seen.
        var replies = await Find() is { } parcel ? await HandOver(parcel) : null;
        return
        [
            .. submissions.Select(s =>
                refused.TryGetValue(s, out var problem)
                    ? new SubmissionReply(SubmissionOutcome.Refused, null, null, [problem], [])
                : replies is null ? new SubmissionReply(SubmissionOutcome.Unmatched, null, null, [], [])
                : replies.GetValueOrDefault(GuidOf(s))
                    ?? new SubmissionReply(SubmissionOutcome.Duplicate, null, null, [], [])
            ),
        ];
    }

    public async Task Offer(string parcelKey)
    {
        if (_state.Documents.Length > 0 && await Find() == parcelKey)
            await HandOver(parcelKey);
    }

    public async Task Wake()
    {
        var state = _state;
        if (state.Documents.Length == 0)
            return;
        if (await Find() is { } parcel)
        {
            await HandOver(parcel);
            return;
        }
        var now = _time.GetUtcNow();
        if (now - state.Since >= _options.ReportAfter)
            LogWaitsTooLong(state.LogisticsCode, state.LogisticsNo, state.Since!.Value);
        await Keep(_state with { TimeDueAt = now + _options.LookAgain });
    }

    /// <summary>The parcel that this waybill belongs to, on fresh data; null while nobody can tell.</summary>
    async Task<string?> Find()
    {
        var names = _state.Names;
        return names.Parcel(await _index.Find([.. names.IndexKeys], fresh: true));
    }

    async Task<Dictionary<string, SubmissionReply>> HandOver(string parcelKey)
    {
        var documents = _state.Documents;
        if (documents.Length == 0)
            return [];
        var replies = await GrainFactory.Grain<IParcelGrain>(parcelKey).Submit(documents);
        // Only now that the parcel has stored them are they forgotten here.
        var left = _state.Documents.RemoveRange(documents);
        await Keep(
            _state with
            {
                Documents = left,
                TimeDueAt = left.Length == 0 ? null : _state.TimeDueAt,
                Since = left.Length == 0 ? null : _state.Since,
            }
        );
        if (left.Length == 0)
            DeactivateOnIdle();
        return documents
            .Zip(replies)
            .GroupBy(p => GuidOf(p.First), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last().Second, StringComparer.Ordinal);
    }

    Problem NoRoom(Submission submission) =>
        new(
            "too-many-waiting",
            submission.Type,
            null,
            null,
            $"该运单号下已有 {_options.MostUnderOneName} 份单证等待对应包裹，请先发送订单或清单。{_options.MostUnderOneName} documents wait for a parcel under this waybill number already; send the order or list that they belong to, then this one again."
        );

    /// <summary>With nothing left to wait there is nothing to keep. What waits by then is kept apart from the holder, which is emptied after the row.</summary>
    async Task Save()
    {
        if (_state.Documents.Length == 0)
        {
            if (_stored.RecordExists)
                await _stored.ClearStateAsync();
            return;
        }
        _stored.State = _state;
        await _stored.WriteStateAsync();
    }

    Task Keep(UnmatchedWaybill state)
    {
        _state = state;
        return _write.Changed();
    }

    static string GuidOf(Submission s) => $"{s.Type}/{s.Document[s.Document.Schema.Head.Find("guid")!]}";

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Waybill {LogisticsCode}/{LogisticsNo} has waited for its parcel since {Since}; no order, payment or list names it."
    )]
    partial void LogWaitsTooLong(string logisticsCode, string logisticsNo, DateTimeOffset since);
}
