using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>What follows from what is there: matching, rejection, what is sought, and what time brings.</summary>
sealed partial class ParcelStep
{
    static readonly DocumentType[] Four =
    [
        DocumentType.Order,
        DocumentType.Payment,
        DocumentType.Waybill,
        DocumentType.DeclarationList,
    ];

    /// <summary>Of the state after so many changes all conclusions are drawn.</summary>
    int? _concluded;

    /// <summary>Draws all conclusions; a second time, of the same state, there is nothing to be found.</summary>
    void Advance()
    {
        if (_changes == _concluded)
            return;
        Conclude();
        _concluded = _changes;
    }

    void Conclude()
    {
        if (State.IsClosed)
        {
            StayClosed();
            return;
        }
        if (ParcelTable.IsOpen(State.Status) && State.Status != ParcelStatus.Rejected)
            Judge();
        SeekUnmatchedDocuments();
        DispatchDocuments();
        if (State.Status != ParcelStatus.Rejected && ParcelTable.IsDecided(State.Status))
            StopAsking();
        RemarkOverdueReturn();
        if (
            State.Status is ParcelStatus.Released or ParcelStatus.Closed
            && State[DocumentType.WaybillStatus] is { IsStaged: false, IsDeleted: false }
            && State.DepartedAt is null
        )
        {
            Change().DepartedAt = now;
            Enter(
                "left",
                "已签收，货物已离区/离场 signed for, so the goods have left",
                ParcelStatus.Departed
            );
        }
    }

    /// <summary>The list is decided: what customs still thinks of the documents behind it no longer matters.</summary>
    void StopAsking()
    {
        foreach (var kept in State.Documents)
        {
            if (kept.AskAt is null || kept.Type is DocumentType.Cancellation or DocumentType.Return)
                continue;
            Put(kept with { AskAt = null });
        }
    }

    /// <summary>Before the list is on its way: what is missing, what does not match, and the quota.</summary>
    void Judge()
    {
        var bound = Four.Select(type => State[type]).OfType<ParcelDocument>().ToArray();
        if (bound.FirstOrDefault(kept => kept.IsRefused) is { } refused)
        {
            Reject([ParcelViews.RefusedByCustoms(State, refused)]);
            return;
        }
        ImmutableArray<Problem> mismatches =
        [
            .. Binding.Problems(State),
            .. CrossChecks.Check(Documents(), rules.CustomsPort),
        ];
        if (!State.Problems.SequenceEqual(mismatches))
            Change().Problems = mismatches;

        ParcelDocument[] live = [.. State.Documents.Where(d => Four.Contains(d.Type) && !d.IsDeleted)];
        var complete = Missing().IsEmpty;
        if (!complete || mismatches.Length > 0)
        {
            EndQuota(QuotaStep.Void);
            Change().Estimate = null;
            var staged = live.Length > 0 && live.All(kept => kept.IsStaged);
            Become(
                staged ? ParcelStatus.Staged : ParcelStatus.Collecting,
                complete ? "mismatch" : "waiting",
                complete ? "单证不一致 documents do not match" : "等待其余单证 waiting for documents"
            );
            if (complete)
                TellMismatch();
            return;
        }
        Reserve();
    }

    /// <summary>All four are there and do not match: the declarant is told, once for each set of problems.</summary>
    void TellMismatch()
    {
        var kept = State[DocumentType.DeclarationList]!;
        var list = kept.Document;
        var mismatches = ParcelProblems.OfParcel(SightOf(kept.Owner, kept.Sender), State);
        var receipt = OwnReceipt.Refusal(DocumentType.DeclarationList, list, mismatches, now);
        var declarant = ReceiptRouting.Declarant(State);
        if (OwnReceiptOf(receipt) is not { } known)
            KeepOwn(DocumentType.DeclarationList, receipt, list, declarant);
        else if (known.IsOutdated && declarant is not null)
            RefuseByReceipt(DocumentType.DeclarationList, list, mismatches, declarant);
    }

    /// <summary>Refuses the list here: the parcel is rejected and its declarant told; it may be declared again.</summary>
    void RejectList(Problem problem)
    {
        RefuseByReceipt(
            DocumentType.DeclarationList,
            State.Live(DocumentType.DeclarationList)!,
            [problem],
            ReceiptRouting.Declarant(State)!
        );
        Reject([problem]);
    }

    void Reject(ImmutableArray<Problem> problems)
    {
        EndQuota(QuotaStep.Void);
        Change().Problems = problems;
        Become(
            ParcelStatus.Rejected,
            "rejected",
            $"退单 rejected：{string.Join(", ", problems.Select(p => p.Code))}"
        );
    }

    void Become(ParcelStatus status, string @event, string text)
    {
        if (State.Status != status)
            Enter(@event, text, status);
    }

    public Problem? Depart(DateTimeOffset at)
    {
        if (State.DepartedAt is not null)
            return null;
        if (!State.Exists || !ParcelTable.Allows(State.Status, ParcelStatus.Departed))
            return new Problem(
                ProblemCode.WrongState,
                DocumentType.DeclarationList,
                null,
                null,
                $"当前状态 {State.Status} 的货物不能离区/离场。Goods in state {State.Status} cannot leave; they must be released."
            );
        Change().DepartedAt = at;
        // A return under way stays so.
        Enter(
            "left",
            $"货物已离区/离场 left at {CebTime.Format(at)}",
            State.Status == ParcelStatus.ReturnRequested ? null : ParcelStatus.Departed
        );
        return null;
    }

    /// <summary>What time brings. What is in the outbox is driven again as it stands: that writes nothing (ADR 026).</summary>
    public void Wake()
    {
        foreach (var kept in State.Documents)
        {
            if (kept.AskAt <= now)
                AskOrSendAgain(kept);
        }
    }

    public void AskNow()
    {
        var asked = State.Asked;
        foreach (var kept in State.Documents)
        {
            if (
                kept.DispatchedRevision > 0
                && (kept.CustomsCode is not { } code || !CustomsCode.IsTerminal(kept.Type, code))
            )
                Question(kept);
        }
        if (State.Asked != asked)
            Enter("asked-by-operator", "经办人要求立即查询 customs was asked by an operator's order");
    }
}
