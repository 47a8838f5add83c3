using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>Every parcel has an end that an operator can bring about (rule 4): a document goes again, or the parcel is closed.</summary>
sealed partial class ParcelStep
{
    /// <summary>Why the document cannot go again; null when it goes.</summary>
    public Problem? ResendByOrder(ResendOrdered ordered)
    {
        if (Meant(ordered) is not { } kept)
            return NoSuchDocument(ordered);
        if (RefuseResend(kept) is { } refusal)
            return refusal;

        var type = kept.Type;
        Change().Problems = State.Problems.RemoveAll(IsUnclear);
        Reopen("经办人重发单证 by an operator's resend");
        // What had not left when the parcel was closed leaves by being opened: under its own name, so it cannot leave twice.
        if (!State.IsLeaving(kept.Key))
            DispatchAgain(
                State[kept.Key]! with
                {
                    OrderedResends = kept.OrderedResends + 1,
                    // What customs says next counts, though it has refused the same before.
                    FollowsAnother = kept.FollowsAnother || kept.IsRefused,
                }
            );
        Enter(
            $"{type.Name()}-resent-by-operator",
            $"经办人要求按原内容重发{type.Chinese()} sent again by an operator's order"
        );
        return null;

        bool IsUnclear(Problem problem) =>
            problem.Code == ProblemCode.CustomsUnclear && problem.Document == type;
    }

    /// <summary>
    /// Ends the engine's own work on the parcel: no questions, no quota that is only reserved, nothing sent that has not left. A
    /// document may be claimed already; should it leave all the same, what customs says of it is still applied.
    /// </summary>
    /// <returns>Why it needs no closing; null when it is closed.</returns>
    public Problem? Close(string reason)
    {
        var words = Masked(reason);
        if (State.ClosedReason == words)
            return null; // the same order once more
        if (RefuseClose() is { } refusal)
            return refusal;

        EndQuota(QuotaStep.Void);
        // What its participant signed leaves in a message that is not ours alone.
        RemoveEffects(effect => effect is AskCustoms or DispatchDocument { SignedMessageGuid: null });
        foreach (var kept in State.Documents)
            Put(kept with { AskAt = null, Questions = 0 });
        Change().ClosedAt = now;
        Change().ClosedReason = words;
        Change().Problems = State.Problems.RemoveAll(problem => problem.Code == ProblemCode.CustomsUnclear);
        Enter("closed-by-operator", $"经办人关闭：{words} closed by an operator");
        return null;
    }

    Problem? RefuseClose()
    {
        if (!State.Exists)
            return NothingToClose(ProblemCode.ParcelNotFound, "没有该包裹。There is no such parcel.");
        if (State.IsClosed)
            return NothingToClose(
                ProblemCode.AlreadyClosed,
                $"该包裹已由经办人关闭（{State.ClosedReason}），无须再次关闭。The parcel is closed by an operator already ({State.ClosedReason}); it needs no closing."
            );
        return HasEnded
            ? NothingToClose(
                ProblemCode.AlreadyEnded,
                $"海关已有结论（状态 {State.Status}），引擎对该包裹已无待办，无须关闭。Customs has decided (state {State.Status}) and the engine does nothing more for the parcel by itself; it needs no closing."
            )
            : null;

        static Problem NothingToClose(ProblemCode code, string text) =>
            new(code, DocumentType.Order, null, null, text);
    }

    /// <summary>The list is decided for good, and nothing is asked, sent or reserved for the parcel.</summary>
    bool HasEnded =>
        ParcelTable.IsDecided(State.Status)
        && State.Status != ParcelStatus.Rejected
        && State.Quota is not { IsPending: true }
        && State.Documents.All(kept => kept.AskAt is null)
        && !State.Outbox.Any(effect => effect is AskCustoms or DispatchDocument);

    /// <summary>Goes on with a parcel that was closed: what had not left leaves, what was not answered is asked about.</summary>
    /// <param name="cause">What opens it, in both languages.</param>
    void Reopen(string cause)
    {
        if (!State.IsClosed)
            return;
        Change().ClosedAt = null;
        Change().ClosedReason = null;
        Enter("reopened-after-close", $"关闭后重新处理 taken up again: {cause}");
        foreach (var kept in State.Documents)
        {
            if (!kept.IsDispatched || (kept.CustomsCode is { } code && !IsAwaited(kept.Type, code)))
                continue;
            if (kept.SentAt is not null)
                Put(kept with { AskAt = kept.AskAt ?? now + rules.Options.AnswerTimeout });
            else if (MayLeaveAfterClose(kept))
                Leave(kept, kept.Resends == 0 ? kept.SignedMessageGuid : null);
        }
    }

    /// <summary>A list whose quota was let go needs a new attempt.</summary>
    bool MayLeaveAfterClose(ParcelDocument kept) =>
        kept.Type != DocumentType.DeclarationList || State.Quota is { IsPending: true };

    /// <summary>A closed parcel does nothing by itself, whatever was taken into it.</summary>
    void StayClosed()
    {
        foreach (var kept in State.Documents)
        {
            if (kept.AskAt is not null)
                Put(kept with { AskAt = null });
        }
    }

    /// <summary>The list left, and its quota was let go when an operator closed the parcel: a new list is a new attempt.</summary>
    bool IsGivenUp => State is { Status: ParcelStatus.Declared, Quota: not { IsPending: true } };

    /// <summary>The document of this number, the one that counts where several have it; of no number: the one that counts.</summary>
    ParcelDocument? Meant(ResendOrdered ordered)
    {
        var bound = State.Exists ? State[ordered.Type] : null;
        if (ordered.Number is not { } number || bound?.Key.Number == number)
            return bound;
        ParcelDocument[] named =
        [
            .. State.Documents.Where(kept => kept.Type == ordered.Type && kept.Key.Number == number),
        ];
        return named.Length == 1 ? named[0] : null;
    }

    Problem? RefuseResend(ParcelDocument kept)
    {
        var type = kept.Type;
        var (chinese, english) = (type.Chinese(), type.Name());
        if (!kept.IsDispatched)
            return Refused(
                ProblemCode.NotDispatched,
                $"{chinese}尚未发往海关，无可重发。The {english} has not gone to customs yet; there is nothing to send again. GET /api/v1/parcels/{{ebpCode}}/{{orderNo}} says what it waits for."
            );
        if (State.IsLeaving(kept.Key))
            return Refused(
                ProblemCode.StillLeaving,
                $"{chinese}正在发往海关，请勿重发。The {english} is on its way to customs already."
            );
        if (kept.SignedMessageGuid is not null)
            return Refused(
                ProblemCode.SignedMessage,
                $"{chinese}随企业加签报文发出，只能由企业重新签名报送；可查询回执。The {english} left in a message that its participant signed; only the participant can send it again. Ask customs about it instead."
            );
        if (!MayResendByOrder(type))
            return Refused(
                ProblemCode.WrongState,
                $"当前状态 {State.Status} 的{chinese}不能重发。The {english} cannot be sent again in state {State.Status}."
            );
        if (type == DocumentType.DeclarationList && IsGivenUp)
            return Refused(
                ProblemCode.QuotaLetGo,
                "关闭时已释放预占额度，清单须以新的 guid 重新申报。The quota was let go when the parcel was closed; the list must be declared anew, with a new guid."
            );
        return kept.OrderedResends < rules.Options.MaxResends
            ? null
            : Refused(
                ProblemCode.TooManyResends,
                $"{chinese}已由经办人重发 {kept.OrderedResends} 次（Parcel:MaxResends），请与海关核实后关闭。The {english} was sent again by order {kept.OrderedResends} times already (Parcel:MaxResends); clear it with customs, then close the parcel."
            );

        Problem Refused(ProblemCode code, string text) => new(code, type, null, null, text);
    }

    /// <summary>An operator may send again what customs has had once, as long as it is not decided.</summary>
    bool MayResendByOrder(DocumentType type) =>
        type switch
        {
            DocumentType.DeclarationList => State.Status
                is ParcelStatus.Declared
                    or ParcelStatus.AtCustoms
                    or ParcelStatus.Inspected
                    or ParcelStatus.Detained,
            DocumentType.InboundNote or DocumentType.WaybillStatus => ParcelTable.Refuse(
                State.Status,
                type,
                isNew: false
            )
                is null,
            _ => MayResend(type),
        };

    static Problem NoSuchDocument(ResendOrdered ordered) =>
        new(
            ProblemCode.DocumentNotFound,
            ordered.Type,
            null,
            "number",
            $"本单没有该{ordered.Type.Chinese()}，或有多份而未以 number 指明，请核对。This parcel has no such {ordered.Type.Name()}, or several of which none is named; give its number."
        );
}
