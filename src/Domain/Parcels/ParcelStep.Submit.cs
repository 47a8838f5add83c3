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
        var (type, document, sender) = (submission.Type, submission.Document, submission.Sender.CopCode);
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
            problems = [.. OwnChecks.Check(type, document, rules.CustomsPort, now)];
        if (
            problems.Length == 0
            && type == DocumentType.Order
            && submission.KnownOver is { } over
            && rules.CustomsPort.Interception == Interception.Refuse
        )
            problems = [OverLimitProblem(over)];
        if (problems.Length > 0)
            return Refuse(submission, problems);

        if (State[type] is { } kept)
        {
            if (kept.Guid == guid || kept.RepeatedGuid == guid)
            {
                return
                    kept.Document.SameAs(document)
                    || (kept.RepeatedGuid == guid && SameContent(kept.Document, document))
                    ? Repeat(type, SubmissionOutcome.Duplicate, sender)
                    : Refuse(submission, [submission.GuidReused()]);
            }
            if (Older(appTime, guid, kept.Age))
                return Repeat(type, SubmissionOutcome.Stale, sender);
        }
        var appType = Text(document, "appType");
        if (ParcelTable.Refuse(State.Status, type, appType == "1") is { } illegal)
            return Refuse(submission, [illegal]);
        if (
            type is DocumentType.Cancellation or DocumentType.Return
            && ListProblem(type, document) is { } wrong
        )
            return Refuse(submission, [wrong]);
        if (State[type] is { } known && IsQuestion(type, known, document))
        {
            // Said again and meant: what is older than the repetition comes too late, whichever of them arrives first.
            if (ParcelTable.IsOpen(State.Status))
            {
                Put(type, known with { RepeatedTime = appTime, RepeatedGuid = guid });
                Forgive(type, appTime);
            }
            return Repeat(type, SubmissionOutcome.Duplicate, sender);
        }

        Replace(submission);
        if (
            type == DocumentType.Order
            && submission.KnownOver is { } warned
            && rules.CustomsPort.Interception == Interception.Warn
        )
            Warn(submission, warned);
        if (
            type is DocumentType.Cancellation or DocumentType.Return
            && State[type] is { IsStaged: false, IsDeleted: false }
        )
            Request(type);

        Advance();
        return new SubmissionReply(
            State[type]!.IsStaged ? SubmissionOutcome.Staged : SubmissionOutcome.Accepted,
            State.Status,
            Latest(type),
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
    bool IsQuestion(DocumentType type, ParcelDocument known, CebDocument document)
    {
        if (
            type
                is DocumentType.Order
                    or DocumentType.Payment
                    or DocumentType.Waybill
                    or DocumentType.DeclarationList
            && !ParcelTable.IsOpen(State.Status)
        )
            return true;
        if (!SameContent(known.Document, document))
            return false;
        if (known.IsStaged != (Text(document, "appStatus") == "1"))
            return false;
        return !(
            known.IsRefused || (type == DocumentType.DeclarationList && State.Status == ParcelStatus.Rejected)
        );
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
        var type = submission.Type;
        var old = State[type];
        var kept = new ParcelDocument
        {
            Document = submission.Document,
            Sender = submission.Sender,
            SignedMessageGuid = submission.SignedMessageGuid,
            ReceivedAt = submission.ReceivedAt,
            Revision = (old?.Revision ?? State.Withdrawn.GetValueOrDefault(type)) + 1,
            DispatchedRevision = old?.DispatchedRevision ?? 0,
        };
        // What an earlier revision was known by stays findable: its receipts may still come.
        State = State with
        {
            EarlierKeys = [.. State.EarlierKeys.Union(State.CurrentKeys(), StringComparer.Ordinal)],
        };
        Put(type, kept);
        Forgive(type, kept.Age.AppTime);
        if (type == DocumentType.DeclarationList)
            State = State with { PreNo = null, InvtNo = null };
        var what =
            kept.IsDeleted ? "deleted"
            : kept.IsStaged ? "staged"
            : old is null ? "received"
            : "changed";
        Enter(
            $"{type.Name()}-{what}",
            what switch
            {
                "deleted" => $"{type.Chinese()}已删除 deleted",
                "staged" => $"{type.Chinese()}已暂存 staged",
                "received" => $"收到{type.Chinese()} received",
                _ => $"{type.Chinese()}已变更（第 {kept.Revision} 版）changed",
            }
        );
        if (
            State.Status == ParcelStatus.Rejected
            && type
                is DocumentType.Order
                    or DocumentType.Payment
                    or DocumentType.Waybill
                    or DocumentType.DeclarationList
        )
            Enter("reopened", "重新收单 open again", ParcelStatus.Collecting);
    }

    Problem AppTimeAhead(Submission submission, string appTime)
    {
        var hours = rules.Options.AppTimeAhead.TotalHours;
        return new Problem(
            "app-time-ahead",
            submission.Type,
            null,
            "appTime",
            $"报送时间 {appTime}（appTime）比收到时间 {CebTime.Format(submission.ReceivedAt)} 晚 {hours:0.#} 小时以上，请校准时钟后重新报送。appTime {appTime} lies more than {hours:0.#} h after the arrival at {CebTime.Format(submission.ReceivedAt)} (Beijing); set the clock right and send the document again."
        );
    }

    SubmissionReply Refuse(Submission submission, ImmutableArray<Problem> problems)
    {
        Record(submission.Type, submission.Document, problems);
        var receipt = RefuseByReceipt(
            submission.Type,
            submission.Document,
            problems,
            submission.Sender.CopCode
        );
        Enter(
            $"{submission.Type.Name()}-refused",
            $"{submission.Type.Chinese()}未受理：{string.Join(", ", problems.Select(p => p.Code))}"
        );
        return new SubmissionReply(SubmissionOutcome.Refused, State.Status, receipt, problems, Missing());
    }

    /// <summary>
    /// Remembers a refused document, unless a good one that is not older is here: who comes first does not matter. Another
    /// content under the good one's own guid is no older document but a fault to be seen.
    /// </summary>
    void Record(DocumentType type, CebDocument document, ImmutableArray<Problem> problems)
    {
        var (appTime, guid) = (Text(document, "appTime"), Text(document, "guid"));
        if (
            State[type] is { } kept
            && kept.Guid != guid
            && string.CompareOrdinal(appTime, kept.Age.AppTime) <= 0
        )
            return;
        var refusals = State
            .Refusals.RemoveAll(r => r.Type == type && r.Guid == guid)
            .Add(new Refusal(type, guid, problems, now, appTime));
        State = State with
        {
            Refusals = refusals.Length > rules.Options.MaxRefusals ? refusals.RemoveAt(0) : refusals,
        };
    }

    /// <summary>A good document takes the place of the refused ones before it.</summary>
    void Forgive(DocumentType type, string appTime) =>
        State = State with
        {
            Refusals = State.Refusals.RemoveAll(r =>
                r.Type == type && string.CompareOrdinal(r.AppTime, appTime) <= 0
            ),
        };

    /// <summary>Ordinal, so that every machine orders two documents in the same way.</summary>
    static bool Older(string appTime, string guid, (string AppTime, string Guid) than) =>
        string.CompareOrdinal(appTime, than.AppTime) is var order
        && (order < 0 || (order == 0 && string.CompareOrdinal(guid, than.Guid) < 0));

    /// <summary>A repeat has no second effect; its sender gets the latest receipt once more.</summary>
    SubmissionReply Repeat(DocumentType type, SubmissionOutcome outcome, string sender)
    {
        var latest = Latest(type);
        if (latest is not null)
            HandOn(type, latest, sender);
        return new SubmissionReply(outcome, State.Status, latest, OpenProblems(), Missing());
    }

    void Warn(Submission submission, OverLimit over)
    {
        var receipt = Receipts.OwnReceipt.Make(
            DocumentType.Order,
            submission.Document,
            2,
            $"[over-annual-limit-known] {OverLimitText(over)}",
            now
        );
        Keep(DocumentType.Order, receipt, own: true, applied: false, handOn: true, submission.Sender.CopCode);
        Enter("over-limit-warned", "进口超额预警 buyer known to be over the annual limit");
    }

    static Problem OverLimitProblem(OverLimit over) =>
        new("over-annual-limit-known", DocumentType.Order, null, "buyerIdNumber", OverLimitText(over));

    static string OverLimitText(OverLimit over) =>
        $"进口超额拦截：订购人年度已用 {CebAmount.FromFen(over.UsedFen)} 元，限额 {CebAmount.FromFen(over.LimitFen)} 元。The buyer has used ¥{CebAmount.FromFen(over.UsedFen)} of ¥{CebAmount.FromFen(over.LimitFen)} this year and was over it before; plan the purchase as ordinary trade.";

    /// <summary>A cancellation or return must name the list of this parcel, and lines that it has.</summary>
    Problem? ListProblem(DocumentType type, CebDocument document)
    {
        var invtNo = Text(document, "invtNo");
        if (State.InvtNo is null || invtNo != State.InvtNo)
            return new Problem(
                "list-not-found",
                type,
                null,
                "invtNo",
                $"清单编号 {invtNo} 与本单清单 {State.InvtNo ?? "（无）"} 不符。invtNo {invtNo} is not the list of this parcel ({State.InvtNo ?? "none"})."
            );
        if (type != DocumentType.Return)
            return null;
        var list = State.Live(DocumentType.DeclarationList)!;
        for (var i = 0; i < document.LineCount; i++)
        {
            var number = document[i, InvtRefundList.Gnum];
            var line = LineOf(list, number);
            if (line < 0 || list[line, InventoryList.Gcode] != document[i, InvtRefundList.Gcode])
                return new Problem(
                    "line-not-found",
                    type,
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
                    type,
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

    void Request(DocumentType type)
    {
        State = State with { StatusBefore = State.Status };
        Enter(
            type == DocumentType.Cancellation ? "cancel-requested" : "return-requested",
            type == DocumentType.Cancellation
                ? "申请撤销 cancellation requested"
                : "申请退货 return requested",
            type == DocumentType.Cancellation ? ParcelStatus.CancelRequested : ParcelStatus.ReturnRequested
        );
    }

    ImmutableArray<Problem> OpenProblems() => ParcelViews.Problems(State);

    static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
