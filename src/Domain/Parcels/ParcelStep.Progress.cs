using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>What follows from what is there: matching, rejection, what is sought, and what time brings.</summary>
sealed partial class ParcelStep
{
    static readonly DocumentKind[] Four =
    [
        DocumentKind.Order,
        DocumentKind.Payment,
        DocumentKind.Waybill,
        DocumentKind.List,
    ];

    /// <summary>Draws all conclusions; running it twice changes nothing.</summary>
    void Advance()
    {
        if (ParcelTable.IsOpen(State.Status) && State.Status != ParcelStatus.Rejected)
            Judge();
        LetDocumentsGo();
        Seek();
        if (State.Status != ParcelStatus.Rejected && ParcelTable.IsSettled(State.Status))
            StopAsking();
        if (
            State.Status is ParcelStatus.Released or ParcelStatus.Closed
            && State[DocumentKind.WaybillStatus] is { IsStaged: false, IsDeleted: false }
            && !HaveLeft()
        )
        {
            Enter("left", "已签收，货物已离区/离场 signed for, so the goods have left", ParcelStatus.Left);
        }
    }

    /// <summary>The list is decided: what customs still thinks of the documents behind it no longer matters.</summary>
    void StopAsking()
    {
        foreach (var (kind, slot) in State.Slots)
        {
            if (slot.AskAt is not null && kind is not (DocumentKind.Cancel or DocumentKind.Return))
                Put(kind, slot with { AskAt = null });
        }
    }

    /// <summary>Before the list is on its way: what is missing, what does not match, and the quota.</summary>
    void Judge()
    {
        var refused = Four.FirstOrDefault(k => State[k] is { IsRefused: true }, DocumentKind.Entry);
        var live = Four.Where(k => State.Live(k) is not null).ToArray();
        var mismatches = CrossChecks.Check(Documents(), rules.Port).ToImmutableArray();
        if (refused != DocumentKind.Entry)
        {
            var code = State[refused]!.CustomsCode;
            Reject([
                new Problem(
                    "customs-refused",
                    refused,
                    null,
                    null,
                    $"海关退单 {code}：{Shorten(Latest(refused) is { } r ? Text(r, "returnInfo") : "")}。Customs refused the {Name(refused)} ({code}); correct it and send it again."
                ),
            ]);
            return;
        }
        if (!State.Problems.SequenceEqual(mismatches))
            State = State with { Problems = mismatches };

        var complete = live.Length == Four.Length && live.All(k => !State[k]!.IsStaged);
        if (!complete || mismatches.Length > 0)
        {
            EndQuota(QuotaStep.Void);
            State = State with { Estimate = null };
            var staged = live.Length > 0 && live.All(k => State[k]!.IsStaged);
            Become(
                staged ? ParcelStatus.Staged : ParcelStatus.Collecting,
                complete ? "mismatch" : "waiting",
                complete ? "单证不一致 documents do not match" : "等待其余单证 waiting for documents"
            );
            if (complete)
                TellMismatch(mismatches);
            return;
        }
        Reserve();
    }

    /// <summary>All four are there and do not match: the declarant is told, once for each set of problems.</summary>
    void TellMismatch(ImmutableArray<Problem> mismatches)
    {
        var receipt = OwnReceipt.Refusal(DocumentKind.List, State.Live(DocumentKind.List)!, mismatches, now);
        if (State.Receipts.Any(r => r.IsOwn && GuidOf(r.Receipt) == GuidOf(receipt)))
            return;
        Keep(
            DocumentKind.List,
            receipt,
            own: true,
            applied: false,
            handOn: true,
            ReceiptRouting.Sender(State, DocumentKind.List)
        );
    }

    /// <summary>Refuses the list here: the parcel is rejected and its declarant told; it may be declared again.</summary>
    void RejectList(Problem problem)
    {
        RefuseByReceipt(
            DocumentKind.List,
            State.Live(DocumentKind.List)!,
            [problem],
            ReceiptRouting.Sender(State, DocumentKind.List)!
        );
        Reject([problem]);
    }

    void Reject(ImmutableArray<Problem> problems)
    {
        EndQuota(QuotaStep.Void);
        State = State with { Problems = problems };
        Become(ParcelStatus.Rejected, "rejected", $"退单：{string.Join(", ", problems.Select(p => p.Code))}");
    }

    void Become(ParcelStatus status, string @event, string text)
    {
        if (State.Status != status)
            Enter(@event, text, status);
    }

    public Problem? Leave(DateTimeOffset at)
    {
        if (HaveLeft())
            return null;
        if (!State.Exists || !ParcelTable.Allows(State.Status, ParcelStatus.Left))
            return new Problem(
                "wrong-state",
                DocumentKind.List,
                null,
                null,
                $"当前状态 {State.Status} 的货物不能离区/离场。Goods in state {State.Status} cannot leave; they must be released."
            );
        // A return under way stays so.
        Enter(
            "left",
            $"货物已离区/离场 left at {CebTime.Format(at)}",
            State.Status == ParcelStatus.ReturnRequested ? null : ParcelStatus.Left
        );
        return null;
    }

    bool HaveLeft() => State.Timeline.Any(e => e.Event == "left");

    public void Wake()
    {
        if (State.Owes.Length > 0 && State.RedriveAt <= now)
            State = State with { RedriveAt = null };
        foreach (var (kind, slot) in State.Slots)
        {
            if (slot.AskAt <= now)
                Question(kind);
        }
    }

    public void AskNow()
    {
        foreach (var (kind, slot) in State.Slots)
        {
            if (slot.LeftRevision > 0 && (slot.CustomsCode is not { } code || !CustomsCode.IsTerminal(code)))
                Question(kind);
        }
    }

    /// <summary>Whatever waits for this parcel under a name that it did not have before is looked for.</summary>
    void Seek()
    {
        var list = State.Live(DocumentKind.List);
        var waybill = State.Live(DocumentKind.Waybill);
        var own = waybill is not null
            ? IndexKey.WaitingForWaybill(
                waybill.Required(LogisticsHead.LogisticsCode),
                waybill.Required(LogisticsHead.LogisticsNo)
            )
            : IndexKey.WaitingForOrder(State.OrderNo);
        var named =
            list is not null
                ? IndexKey.WaitingForWaybill(
                    list.Required(InventoryHead.LogisticsCode),
                    list.Required(InventoryHead.LogisticsNo)
                )
            : State.Live(DocumentKind.Order) is { } order
            && order[OrderHead.LogisticsCode] is { Length: > 0 } code
            && order[OrderHead.LogisticsNo] is { Length: > 0 } number
                ? IndexKey.WaitingForWaybill(code, number)
            : own;
        if (State.Sought.Contains(own) && State.Sought.Contains(named))
            return;
        State = State with
        {
            Sought = [.. State.Sought.Append(own).Append(named).Distinct(StringComparer.Ordinal)],
        };
        Owe(new OwedSeek($"seek/{State.Sought.Length}", now));
    }
}
