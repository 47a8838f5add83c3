using System.Collections.Immutable;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;
using Orleans.Concurrency;

namespace ClearanceEngine.Unmatched;

/// <summary>Thin: keep, look, hand over, tell. What becomes of what waits, <see cref="UnmatchedNews"/> decides.</summary>
[Reentrant]
public sealed class UnmatchedWaybillGrain : Grain, IUnmatchedWaybillGrain
{
    readonly IPersistentState<UnmatchedNews> _stored;
    readonly IDocumentIndex _index;
    readonly IOutboxDispatcher _dispatch;
    readonly UnmatchedOptions _options;
    readonly TimeProvider _time;
    readonly SharedWrite _write;
    readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);
    UnmatchedNews _state = new();
    bool _isEnding;

    public UnmatchedWaybillGrain(
        [PersistentState("waiting", "parcels")] IPersistentState<UnmatchedNews> stored,
        IDocumentIndex index,
        IOutboxDispatcher dispatch,
        UnmatchedOptions options,
        TimeProvider time
    )
    {
        _stored = stored;
        _index = index;
        _dispatch = dispatch;
        _options = options;
        _time = time;
        _write = new SharedWrite(Save, DeactivateOnIdle);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = _stored.State;
        return Task.CompletedTask;
    }

    /// <summary>What is told from now on, the next activation finds out: this one writes no more.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isEnding = true;
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<SubmissionReply>> Hold(ImmutableArray<Submission> submissions)
    {
        var names = WaybillNames.Of(submissions[0].Document)
            ?? throw new ArgumentException("It names no waybill.", nameof(submissions));
        var problems = new Problem?[submissions.Length];
        var next = _state;
        for (var i = 0; i < submissions.Length; i++)
            (next, problems[i]) = next.Hold(submissions[i], names, _options, _time.GetUtcNow());
        await Keep(next);

        // Stored first, then looked again: a parcel that came meanwhile either sees us or is seen.
        var replies = await Find() is { } parcel ? await HandOver(parcel) : [];
        return [.. submissions.Select((submission, i) => Reply(submission, problems[i], replies))];
    }

    public async Task Offer(string parcelKey)
    {
        if (!_state.Documents.IsEmpty && await Find() == parcelKey)
            await HandOver(parcelKey);
    }

    public async Task Wake()
    {
        _inFlight.Clear();
        if (!_state.Documents.IsEmpty && await Find() is { } parcel)
            await HandOver(parcel);
        if (_state.IsEmpty)
        {
            DeactivateOnIdle();
            return;
        }
        var now = _time.GetUtcNow();
        // Woken for what is to be told, it writes nothing (ADR 026).
        if (_state.TimeDueAt <= now)
            await Keep(_state.LookedInVain(_options, now));
        Tell();
    }

    /// <summary>The parcel that has the waybill, on fresh data; null while nobody can tell.</summary>
    async Task<string?> Find()
    {
        var names = _state.Names;
        return names.Parcel(await _index.Find([.. names.IndexKeys], fresh: true));
    }

    async Task<Dictionary<UnmatchedDocument, SubmissionReply>> HandOver(string parcelKey)
    {
        var documents = _state.Documents;
        var replies = new Dictionary<UnmatchedDocument, SubmissionReply>(ReferenceEqualityComparer.Instance);
        if (documents.IsEmpty)
            return replies;
        var answers = await GrainFactory
            .Grain<IParcelGrain>(parcelKey)
            .Submit([.. documents.Select(document => document.Submission)]);
        for (var i = 0; i < documents.Length; i++)
        {
            if (answers[i].Outcome != SubmissionOutcome.Unmatched)
                replies[documents[i]] = answers[i];
        }
        // Only now that the parcel has stored them are they forgotten here.
        await Keep(_state.Without(replies.Keys, []));
        if (_state.IsEmpty)
            DeactivateOnIdle();
        return replies;
    }

    SubmissionReply Reply(
        Submission submission,
        Problem? problem,
        Dictionary<UnmatchedDocument, SubmissionReply> handedOver
    )
    {
        if (problem is not null)
            return new SubmissionReply(SubmissionOutcome.Refused, null, null, [problem], []);
        if (UnmatchedDocuments.Known([.. handedOver.Keys], submission) is { } document)
            return handedOver[document];
        if (UnmatchedDocuments.Known(_state.Documents, submission) is { } waiting)
            return UnmatchedDocuments.StillWaits(waiting, submission);
        // Another call handed it over meanwhile.
        return new SubmissionReply(SubmissionOutcome.Duplicate, null, null, [], []);
    }

    /// <summary>Has the senders told; what was not told is handed over again when the scan wakes the grain.</summary>
    void Tell()
    {
        foreach (var receipt in _state.Outbox)
        {
            var ticket = new EffectTicket();
            if (_inFlight.Add(receipt.Id) && _dispatch.TryTake(this.GetPrimaryKeyString(), receipt, ticket))
                Hear(receipt, ticket).Ignore();
        }
    }

    async Task Hear(ForwardReceipt receipt, EffectTicket ticket)
    {
        if (await ticket.Outcome is not null && !_isEnding)
            await Keep(_state.Without([], [receipt]));
    }

    /// <summary>With nothing left to wait there is nothing to keep. What waits by then is kept apart from the holder, which is emptied after the row.</summary>
    async Task Save()
    {
        if (_state.IsEmpty)
        {
            if (_stored.RecordExists)
                await _stored.ClearStateAsync();
            return;
        }
        _stored.State = _state;
        await _stored.WriteStateAsync();
    }

    Task Keep(UnmatchedNews state)
    {
        _state = state;
        return _write.Changed();
    }
}
