using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>Documents: kept, replaced, deleted, refused or answered as the question that a repeat is.</summary>
sealed partial class ParcelStep
{
    public SubmissionReply Submit(Submission submission)
    {
        var (kind, document, sender) = (submission.Kind, submission.Document, submission.Sender.CopCode);
        var (appTime, guid) = (Text(document, "appTime"), Text(document, "guid"));
        if (!State.Exists)
            Begin(submission.ReceivedAt);

        var problems = submission.Problems.IsDefaultOrEmpty ? [] : submission.Problems;
        if (
            problems.Length == 0
            && CebTime.Parse(appTime) > submission.ReceivedAt + rules.Options.AppTimeAhead
        )
            problems = [AppTimeAhead(submission, appTime)];
        if (problems.Length == 0 && Text(document, "appType") != "3")
            problems = [.. OwnChecks.Check(kind, document, rules.Port, now)];
        if (
            problems.Length == 0
            && kind == DocumentKind.Order
            && submission.KnownOver is { } over
            && rules.Port.Interception == Interception.Refuse
        )
            problems = [OverLimitProblem(over)];
        if (problems.Length > 0)
            return Refuse(submission, problems);

        if (State[kind] is { } slot)
        {
            if (slot.Guid == guid || slot.RepeatedGuid == guid)
            {
                return
                    slot.Document.SameAs(document)
                    || (slot.RepeatedGuid == guid && SameContent(slot.Document, document))
                    ? Repeat(kind, SubmissionOutcome.Duplicate, sender)
                    : Refuse(submission, [submission.GuidReused()]);
            }
            if (Older(appTime, guid, slot.Age))
                return Repeat(kind, SubmissionOutcome.Stale, sender);
        }
        var appType = Text(document, "appType");
        if (ParcelTable.Refuse(State.Status, kind, appType == "1") is { } illegal)
            return Refuse(submission, [illegal]);
        if (kind is DocumentKind.Cancel or DocumentKind.Return && ListProblem(kind, document) is { } wrong)
            return Refuse(submission, [wrong]);
        if (State[kind] is { } known && IsQuestion(kind, known, document))
        {
            // Said again and meant: what is older than the repetition comes too late, whichever of them arrives first.
            if (ParcelTable.IsOpen(State.Status))
            {
                Put(kind, known with { RepeatedTime = appTime, RepeatedGuid = guid });
                Forgive(kind, appTime);
            }
            return Repeat(kind, SubmissionOutcome.Duplicate, sender);
        }

        Replace(submission);
        if (
            kind == DocumentKind.Order
            && submission.KnownOver is { } warned
            && rules.Port.Interception == Interception.Warn
        )
            Warn(submission, warned);
        if (
            kind is DocumentKind.Cancel or DocumentKind.Return
            && State[kind] is { IsStaged: false, IsDeleted: false }
        )
            Request(kind);

        Advance();
        return new SubmissionReply(
            State[kind]!.IsStaged ? SubmissionOutcome.Staged : SubmissionOutcome.Accepted,
            State.Status,
            Latest(kind),
            OpenProblems(),
            Missing()
        );
    }

    void Begin(DateTimeOffset at)
    {
        var (ebpCode, orderNo) = GrainKey.ParseParcel(key)
            ?? throw new InvalidOperationException($"'{key}' is no key of a parcel.");
        State = State with { EbpCode = ebpCode, OrderNo = orderNo, CreatedAt = at };
    }

    /// <summary>
    /// A new guid over something that is here already. Declared: a question. Rejected: a list is a new attempt. Else the
    /// same content is a question too, unless it declares what was only staged (or the other way), or repeats what customs refused.
    /// </summary>
    bool IsQuestion(DocumentKind kind, DocumentSlot known, CebDocument document)
    {
        if (
            kind is DocumentKind.Order or DocumentKind.Payment or DocumentKind.Waybill or DocumentKind.List
            && !ParcelTable.IsOpen(State.Status)
        )
            return true;
        if (!SameContent(known.Document, document))
            return false;
        if (known.IsStaged != (Text(document, "appStatus") == "1"))
            return false;
        return !(known.IsRefused || (kind == DocumentKind.List && State.Status == ParcelStatus.Rejected));
    }

    static bool SameContent(CebDocument a, CebDocument b)
    {
        foreach (var name in (string[])["guid", "appTime", "appStatus"])
        {
            var field = a.Schema.Head.Find(name)!;
            b = b.With(field, a[field]);
        }
        return a.SameAs(b);
    }

    void Replace(Submission submission)
    {
        var kind = submission.Kind;
        var old = State[kind];
        var slot = new DocumentSlot
        {
            Document = submission.Document,
            Sender = submission.Sender,
            Carrier = submission.Carrier,
            ReceivedAt = submission.ReceivedAt,
            Revision = (old?.Revision ?? State.Withdrawn.GetValueOrDefault(kind)) + 1,
            LeftRevision = old?.LeftRevision ?? 0,
        };
        // What an earlier revision was known by stays findable: its receipts may still come.
        State = State with
        {
            EarlierKeys = [.. State.EarlierKeys.Union(State.CurrentKeys(), StringComparer.Ordinal)],
        };
        Put(kind, slot);
        Forgive(kind, slot.Age.AppTime);
        if (kind == DocumentKind.List)
            State = State with { PreNo = null, InvtNo = null };
        var what =
            slot.IsDeleted ? "deleted"
            : slot.IsStaged ? "staged"
            : old is null ? "received"
            : "changed";
        Enter(
            $"{Name(kind)}-{what}",
            what switch
            {
                "deleted" => $"{kind.Chinese()}已删除 deleted",
                "staged" => $"{kind.Chinese()}已暂存 staged",
                "received" => $"收到{kind.Chinese()} received",
                _ => $"{kind.Chinese()}已变更（第 {slot.Revision} 版）changed",
            }
        );
        if (
            State.Status == ParcelStatus.Rejected
            && kind is DocumentKind.Order or DocumentKind.Payment or DocumentKind.Waybill or DocumentKind.List
        )
            Enter("reopened", "重新收单 open again", ParcelStatus.Collecting);
    }

    Problem AppTimeAhead(Submission submission, string appTime)
    {
        var hours = rules.Options.AppTimeAhead.TotalHours;
        return new Problem(
            "app-time-ahead",
            submission.Kind,
            null,
            "appTime",
            $"报送时间 {appTime}（appTime）比收到时间 {CebTime.Format(submission.ReceivedAt)} 晚 {hours:0.#} 小时以上，请校准时钟后重新报送。appTime {appTime} lies more than {hours:0.#} h after the arrival at {CebTime.Format(submission.ReceivedAt)} (Beijing); set the clock right and send the document again."
        );
    }

    SubmissionReply Refuse(Submission submission, ImmutableArray<Problem> problems)
    {
        Record(submission.Kind, submission.Document, problems);
        var receipt = RefuseByReceipt(
            submission.Kind,
            submission.Document,
            problems,
            submission.Sender.CopCode
        );
        Enter(
            $"{Name(submission.Kind)}-refused",
            $"{submission.Kind.Chinese()}未受理：{string.Join(", ", problems.Select(p => p.Code))}"
        );
        return new SubmissionReply(SubmissionOutcome.Refused, State.Status, receipt, problems, Missing());
    }

    /// <summary>
    /// Remembers a refused document, unless a good one that is not older is here: who comes first does not matter. Another
    /// content under the good one's own guid is no older document but a fault to be seen.
    /// </summary>
    void Record(DocumentKind kind, CebDocument document, ImmutableArray<Problem> problems)
    {
        var (appTime, guid) = (Text(document, "appTime"), Text(document, "guid"));
        if (
            State[kind] is { } slot
            && slot.Guid != guid
            && string.CompareOrdinal(appTime, slot.Age.AppTime) <= 0
        )
            return;
        var refusals = State
            .Refusals.RemoveAll(r => r.Kind == kind && r.Guid == guid)
            .Add(new Refusal(kind, guid, problems, now, appTime));
        State = State with
        {
            Refusals = refusals.Length > rules.Options.MaxRefusals ? refusals.RemoveAt(0) : refusals,
        };
    }

    /// <summary>A good document takes the place of the refused ones before it.</summary>
    void Forgive(DocumentKind kind, string appTime) =>
        State = State with
        {
            Refusals = State.Refusals.RemoveAll(r =>
                r.Kind == kind && string.CompareOrdinal(r.AppTime, appTime) <= 0
            ),
        };

    /// <summary>Ordinal, so that every machine orders two documents in the same way.</summary>
    static bool Older(string appTime, string guid, (string AppTime, string Guid) than) =>
        string.CompareOrdinal(appTime, than.AppTime) is var order
        && (order < 0 || (order == 0 && string.CompareOrdinal(guid, than.Guid) < 0));

    /// <summary>A repeat has no second effect; its sender gets the latest receipt once more.</summary>
    SubmissionReply Repeat(DocumentKind kind, SubmissionOutcome outcome, string sender)
    {
        var latest = Latest(kind);
        if (latest is not null)
            HandOn(kind, latest, sender);
        return new SubmissionReply(outcome, State.Status, latest, OpenProblems(), Missing());
    }

    void Warn(Submission submission, OverLimit over)
    {
        var receipt = Receipts.OwnReceipt.Make(
            DocumentKind.Order,
            submission.Document,
            2,
            $"[over-annual-limit-known] {OverLimitText(over)}",
            now
        );
        Keep(DocumentKind.Order, receipt, own: true, applied: false, handOn: true, submission.Sender.CopCode);
        Enter("over-limit-warned", "进口超额预警 buyer known to be over the annual limit");
    }

    static Problem OverLimitProblem(OverLimit over) =>
        new("over-annual-limit-known", DocumentKind.Order, null, "buyerIdNumber", OverLimitText(over));

    static string OverLimitText(OverLimit over) =>
        $"进口超额拦截：订购人年度已用 {CebAmount.FromFen(over.UsedFen)} 元，限额 {CebAmount.FromFen(over.LimitFen)} 元。The buyer has used ¥{CebAmount.FromFen(over.UsedFen)} of ¥{CebAmount.FromFen(over.LimitFen)} this year and was over it before; plan the purchase as ordinary trade.";

    /// <summary>A cancellation or return must name the list of this parcel, and lines that it has.</summary>
    Problem? ListProblem(DocumentKind kind, CebDocument document)
    {
        var invtNo = Text(document, "invtNo");
        if (State.InvtNo is null || invtNo != State.InvtNo)
            return new Problem(
                "list-not-found",
                kind,
                null,
                "invtNo",
                $"清单编号 {invtNo} 与本单清单 {State.InvtNo ?? "（无）"} 不符。invtNo {invtNo} is not the list of this parcel ({State.InvtNo ?? "none"})."
            );
        if (kind != DocumentKind.Return)
            return null;
        var list = State.Live(DocumentKind.List)!;
        for (var i = 0; i < document.LineCount; i++)
        {
            var number = document[i, InvtRefundList.Gnum];
            var line = LineOf(list, number);
            if (line < 0 || list[line, InventoryList.Gcode] != document[i, InvtRefundList.Gcode])
                return new Problem(
                    "line-not-found",
                    kind,
                    i + 1,
                    "gnum",
                    $"原清单没有序号 {number}、商品编码 {document[i, InvtRefundList.Gcode]} 的行。The original list has no line gnum {number} with that gcode."
                );
            var returned =
                State.ReturnedQuantities.GetValueOrDefault(line)
                + CebAmount.Of(document[i, InvtRefundList.Qty]);
            if (returned > CebAmount.Of(list[line, InventoryList.Qty]))
                return new Problem(
                    "returned-too-much",
                    kind,
                    i + 1,
                    "qty",
                    $"第 {i + 1} 行累计退货数量 {returned} 超过原清单数量。Line {i + 1} returns {returned} in all, more than the list has ({list[line, InventoryList.Qty]})."
                );
        }
        return null;
    }

    static int LineOf(CebDocument list, string? gnum)
    {
        for (var i = 0; i < list.LineCount; i++)
        {
            if (list[i, InventoryList.Gnum]?.TrimStart('0') == gnum?.TrimStart('0'))
                return i;
        }
        return -1;
    }

    void Request(DocumentKind kind)
    {
        State = State with { Before = State.Status };
        Enter(
            kind == DocumentKind.Cancel ? "cancel-requested" : "return-requested",
            kind == DocumentKind.Cancel ? "申请撤销 cancellation requested" : "申请退货 return requested",
            kind == DocumentKind.Cancel ? ParcelStatus.CancelRequested : ParcelStatus.ReturnRequested
        );
    }

    ImmutableArray<Problem> OpenProblems() => ParcelViews.Problems(State);

    static string Name(DocumentKind kind) =>
        kind == DocumentKind.WaybillStatus ? "waybill-status" : kind.ToString().ToLowerInvariant();

    static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
