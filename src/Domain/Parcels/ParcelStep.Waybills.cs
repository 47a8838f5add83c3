using System.Collections.Immutable;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Rule 12: a waybill is filed under the order number that it names, in one parcel. Another parcel that has the same waybill gives
/// it up to the newer revision; what waits by the number of the waybill alone is looked for with the same look.
/// </summary>
sealed partial class ParcelStep
{
    /// <summary>A waybill that was not here, or not named, before is looked for: who else has it, and what waits for it.</summary>
    void SeekUnmatchedDocuments()
    {
        var names = ParcelNames.Sought(State);
        if (names.All(name => State.Sought.Contains(name)))
            return;
        Change().Sought =
        [
            .. State
                .Sought.Except(names, StringComparer.Ordinal)
                .Concat(names.Distinct(StringComparer.Ordinal))
                .TakeLast(Math.Max(rules.Options.MaxNames, names.Count)),
        ];
        Change().Seeks = State.Seeks + 1;
        AddEffect(new SeekUnmatched(SeekId, now));
    }

    /// <summary>Name of the last look.</summary>
    string SeekId => $"seek/{State.Seeks}";

    /// <summary>A waybill came, or came again: whether another parcel has it is asked once more. What was known holds until then.</summary>
    void SeekAnew(DocumentKey waybill) =>
        Change().Sought = State.Sought.Remove(IndexKey.UnmatchedByWaybill(waybill.Issuer, waybill.Number));

    public void TakeWhatWasSought(Sought sought)
    {
        if (!RemoveEffects(o => o.Id == sought.EffectId))
            return;
        if (sought.EffectId != SeekId)
            return; // another waybill or revision came meanwhile, and is looked for by now
        Change().LooksMade = State.Seeks;
        SetElsewhere(sought.Elsewhere);
        foreach (var key in sought.Superseded)
        {
            if (State[key] is { } kept && MayGiveUp(kept))
                GiveUp(kept);
        }
    }

    /// <summary>What is another parcel's has no name here: its receipts and inbound notes are for that one.</summary>
    void SetElsewhere(ImmutableArray<DocumentKey> waybills)
    {
        if (State.Elsewhere.SequenceEqual(waybills))
            return;
        var names = waybills.Select(waybill => IndexKey.Waybill(waybill.Issuer, waybill.Number));
        Change().Elsewhere = waybills;
        Change().EarlierKeys = [.. State.EarlierKeys.Except(names)];
    }

    /// <summary>Another parcel has this waybill, too. The newer revision stays, unless a list that is with customs stands on the older.</summary>
    public WaybillClaim Claim(WaybillClaimed claimed)
    {
        if (!State.Exists)
            return WaybillClaim.Free;
        if (State[claimed.Waybill] is not { IsDeleted: false } kept)
        {
            ForgetName(claimed.Waybill);
            return WaybillClaim.Free;
        }
        if (!Older(kept.Age.AppTime, kept.Age.Guid, (claimed.AppTime, claimed.Guid)))
            return WaybillClaim.Superseded;
        if (!MayGiveUp(kept))
            return WaybillClaim.Kept;
        GiveUp(kept);
        return WaybillClaim.Free;
    }

    /// <summary>What a list that is with customs stands on stays; another waybill beside it does not count.</summary>
    bool MayGiveUp(ParcelDocument kept) =>
        ParcelTable.IsOpen(State.Status) || !ReferenceEquals(State[DocumentType.Waybill], kept);

    /// <summary>Its receipts are the other parcel's from now on, so its name leads there alone; should it come back, it is looked for anew.</summary>
    void GiveUp(ParcelDocument kept)
    {
        RemoveEffects(effect => effect.IsDispatchOf(kept.Key));
        TakeOut(kept);
        ForgetName(kept.Key);
        SeekAnew(kept.Key);
        Enter("waybill-given-up", "运单已改属其他订单 the waybill names another order now");
    }

    /// <summary>
    /// What another platform's parcel gets: with its status, and with all that customs and we have said of the two. Its bytes stay
    /// counted here, for here is its entry in the journal (ADR 025).
    /// </summary>
    public void MoveAway(DocumentKey waybill)
    {
        if (State[waybill] is not { } kept)
            return;
        GiveUp(kept);
        if (State[ParcelViews.StatusOf(waybill)] is { } status)
            TakeOut(status);
        Change().Receipts = State.Receipts.RemoveAll(receipt => ParcelViews.IsOf(receipt, waybill));
    }

    /// <summary>Comes as it was there; what left from there does not leave again.</summary>
    public void MoveHere(WaybillMovedHere moved)
    {
        var waybill = moved.Waybill;
        Change().Elsewhere = State.Elsewhere.Remove(waybill.Key);
        PutMoved(waybill);
        if (moved.Status is { } status && !IsNewerHere(status))
            PutMoved(status);
        foreach (var receipt in moved.Receipts)
            Keep(receipt);
        SeekAnew(waybill.Key);
        Forgive(waybill.Key, waybill.Age.AppTime);
        Enter("waybill-received", "收到运单（同号订单改判）received from the other order of this number");
    }

    /// <summary>It came here while order and list named the waybill and no parcel had that.</summary>
    bool IsNewerHere(ParcelDocument moved) =>
        State[moved.Key] is { } kept && Older(moved.Age.AppTime, moved.Age.Guid, kept.Age);

    /// <summary>Under a number of its own here, for its earlier revisions were counted there.</summary>
    void PutMoved(ParcelDocument kept)
    {
        // Customs has had an earlier revision, which has a number of its own here: it is followed by this one, and by its delete.
        var followsAnother = kept is { DispatchedRevision: > 0, IsDispatched: false };
        var revision = State.LastRevisions.GetValueOrDefault(kept.Type) + (followsAnother ? 2 : 1);
        Change().LastRevisions = State.LastRevisions.SetItem(kept.Type, revision);
        var dispatched = followsAnother ? revision - 1 : 0;
        Put(
            kept with
            {
                Revision = revision,
                DispatchedRevision = kept.IsDispatched ? revision : dispatched,
            }
        );
    }

    /// <summary>Also the name of one that was deleted: two parcels with one name, and its inbound note would find neither.</summary>
    void ForgetName(DocumentKey waybill)
    {
        var name = IndexKey.Waybill(waybill.Issuer, waybill.Number);
        if (State.EarlierKeys.Contains(name))
            Change().EarlierKeys = State.EarlierKeys.Remove(name);
    }
}
