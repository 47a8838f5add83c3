using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Parcels;

/// <summary>Whose a document is: its platform's; a waybill, which names none, waits until something says it (ADR 025).</summary>
public sealed partial class OrderStep
{
    Decision Submit(Submission submission) =>
        submission.Type switch
        {
            DocumentType.Waybill => SubmitWaybill(submission),
            DocumentType.WaybillStatus or DocumentType.InboundNote => SubmitNews(submission),
            _ => SubmitToPlatform(submission),
        };

    Decision SubmitToPlatform(Submission submission)
    {
        var ebpCode = ParcelViews.Text(submission.Document, "ebpCode");
        return _state[ebpCode] is null && TooManyPlatforms(submission, ebpCode) is { } many
            ? Refused(many)
            : Decide(ebpCode, new DocumentArrived(submission));
    }

    Decision SubmitWaybill(Submission submission)
    {
        if (WaybillHome.Of(_state.Parcels, submission.Document.Key) is { } home)
            return Decide(home.EbpCode, new DocumentArrived(submission));
        // What is wrong by itself has nothing to wait for.
        return submission.Problems.IsDefaultOrEmpty ? Hold(submission) : Refused([.. submission.Problems]);
    }

    /// <summary>News of a waybill, and its inbound note: to the parcel that has it, else to the one whose list names it. They wait elsewhere.</summary>
    Decision SubmitNews(Submission submission)
    {
        if (WaybillNames.Of(submission.Document) is { } names && HomeOf(names) is { } home)
            return Decide(home.EbpCode, new DocumentArrived(submission));
        return submission.Problems.IsDefaultOrEmpty ? Unmatched() : Refused([.. submission.Problems]);
    }

    ParcelState? HomeOf(WaybillNames names) =>
        Only(parcel => parcel.IndexKeys.Contains(names.Had))
        ?? Only(parcel => parcel.IndexKeys.Contains(names.Listed));

    ParcelState? Only(Func<ParcelState, bool> condition) =>
        _state.Parcels.Where(condition).Take(2).ToArray() is [var alone] ? alone : null;

    /// <summary>It waits until its parcel is known; the same again is no news. It is stored with its journal entry, as every document is.</summary>
    Decision Hold(Submission submission)
    {
        if (UnmatchedDocuments.Known(_state.Unmatched, submission) is { } known)
            return known.Submission.Document.SameAs(submission.Document)
                ? Answer(UnmatchedDocuments.StillWaits(known, submission))
                : Refused(submission.GuidReused());
        if (UnmatchedDocuments.NoRoom(_state.Unmatched, submission, _rules.Unmatched) is { } problem)
            return Refused(problem);
        if (!Journaling.HasRoom(_state.JournalBytes, submission, _rules.Options.MaxJournalBytes))
            return Refused(Journaling.Full(submission, _rules.Options.MaxJournalBytes));

        var waiting = UnmatchedDocuments.Begin(submission, _rules.Unmatched, _now);
        _state = _state with
        {
            Unmatched = _state.Unmatched.Add(waiting),
            JournalBytes = Journaling.With(_state.JournalBytes, submission),
        };
        Enter(new DocumentArrived(submission));
        return Unmatched();
    }

    /// <summary>Waybills go to the parcels whose they are by now.</summary>
    void MatchWaybills()
    {
        if (_state.Parcels.Length > 1)
            MoveWaybills();
        foreach (var waiting in _state.Unmatched)
        {
            if (WaybillHome.Of(_state.Parcels, waiting.Key) is not { } home)
                continue;
            _state = _state with { Unmatched = _state.Unmatched.Remove(waiting) };
            Decide(home.EbpCode, new DocumentArrived(waiting.Submission));
        }
    }

    void MoveWaybills()
    {
        foreach (var parcel in _state.Parcels)
        {
            foreach (var kept in ParcelViews.Waybills(parcel))
            {
                if (WaybillHome.Rightful(_state.Parcels, _state[parcel.EbpCode]!, kept) is not { } rightful)
                    continue;
                var moved = ParcelViews.WithAllOf(_state[parcel.EbpCode]!, kept);
                Decide(parcel.EbpCode, new WaybillMovedAway(kept.Key));
                Decide(rightful.EbpCode, moved);
            }
        }
    }

    /// <summary>The look sees other order numbers alone: the waybill that the list names may be another platform's here.</summary>
    ParcelInput WithNeighbours(string ebpCode, ParcelInput input)
    {
        if (input is not Sought sought || _state[ebpCode] is not { } parcel)
            return input;
        if (ParcelViews.LackedWaybill(parcel) is not { } lacked || sought.Elsewhere.Contains(lacked))
            return input;
        var isNeighbours = WaybillHome.Holder(_state.Parcels, lacked)?[lacked] is { IsDeleted: false };
        return isNeighbours ? sought with { Elsewhere = sought.Elsewhere.Add(lacked) } : input;
    }

    Decision RefuseSignedMessage(SignedMessageRefused refused)
    {
        foreach (var parcel in _state.Parcels)
            Decide(parcel.EbpCode, refused);
        var withdrawn = _state
            .Unmatched.Where(w => w.Submission.SignedMessageGuid == refused.MessageGuid)
            .ToArray();
        if (withdrawn.Length == 0)
            return Answer();
        _state = _state with { Unmatched = _state.Unmatched.RemoveRange(withdrawn) };
        HandOn(withdrawn.Select(waiting => UnmatchedDocuments.Refuse(waiting, refused.Problem, _now)));
        Enter(refused);
        return Answer();
    }

    /// <summary>Of the waybills that wait; a parcel's own are its own.</summary>
    void WakeUnmatched()
    {
        var turn = UnmatchedDocuments.Wake(_state.Unmatched, _rules.Unmatched, _now, SharedBy);
        if (turn.Receipts.IsEmpty)
            return;
        _state = _state with { Unmatched = turn.Waiting };
        HandOn(turn.Receipts);
        Enter(new Woken());
    }

    /// <summary>Its sender is told why nobody has it, and of no other company more than that (ADR 025).</summary>
    DocumentType? SharedBy(UnmatchedDocument waiting) => WaybillHome.SharedBy(_state.Parcels, waiting.Key);

    void HandOn(IEnumerable<ForwardReceipt> receipts)
    {
        foreach (var receipt in receipts)
        {
            if (_state.Outbox.Any(other => other.Id == receipt.Id))
                continue;
            MakeRoom(receipt.Receiver);
            _state = _state with { Outbox = _state.Outbox.Add(receipt) };
        }
    }

    /// <summary>Rule 17: of one company's receipts the oldest leave first; they are our own, and nobody else's give way to them.</summary>
    void MakeRoom(string receiver)
    {
        ForwardReceipt[] own = [.. _state.Outbox.Where(receipt => receipt.Receiver == receiver)];
        if (own.Length >= _rules.Options.MaxRefusals)
            _state = _state with { Outbox = _state.Outbox.Remove(own[0]) };
    }

    /// <summary>
    /// Rule 17: of how many platforms one company may begin parcels. A platform begins its own, whatever others sent before it;
    /// everybody who may send orders can make up the code of another.
    /// </summary>
    Problem? TooManyPlatforms(Submission submission, string ebpCode)
    {
        if (submission.Owner == ebpCode && submission.Problems.IsDefaultOrEmpty)
            return null;
        var begun = _state.Parcels.Count(parcel => IsBegunBy(parcel, submission.Owner));
        return begun < _rules.Options.MaxPlatforms
            ? null
            : new Problem(
                ProblemCode.TooManyPlatforms,
                submission.Type,
                null,
                "ebpCode",
                $"{submission.Owner} 已就该订单编号向 {begun} 家电商平台报送单证，均无对应订单或订单仅由其自行报送，不再接收，请核对电商平台代码（ebpCode）与订单编号（orderNo）。{submission.Owner} has sent documents of this order number for {begun} platforms already, and none of them has an order of anybody else; check ebpCode and orderNo."
            );
    }

    /// <summary>It has sent something there, and nobody else's order says that it belongs there.</summary>
    static bool IsBegunBy(ParcelState parcel, string company)
    {
        if (!parcel.JournalBytes.ContainsKey(company))
            return false;
        return parcel[DocumentType.Order] is not { IsDeleted: false } order || order.Owner == company;
    }

    /// <summary>An input that concerns what no parcel has.</summary>
    void Enter(ParcelInput input) => _entries.Add(new JournalEntry(_now, input, []));

    Decision Unmatched() => Answer(new SubmissionReply(SubmissionOutcome.Unmatched, null, null, [], []));

    /// <summary>No parcel tells its sender: whoever submitted it does.</summary>
    Decision Refused(params ImmutableArray<Problem> problems) =>
        Answer(new SubmissionReply(SubmissionOutcome.Refused, null, null, problems, []));
}
