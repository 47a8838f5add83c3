using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>Documents: kept, replaced, deleted, refused or answered as the question that a repeat is.</summary>
sealed partial class ParcelStep
{
    public SubmissionReply Submit(Submission submission) => Seen(submission, Consider(submission));

    SubmissionReply Consider(Submission submission)
    {
        if (!State.Exists)
            Begin(submission.ReceivedAt);

        var problems = FaultsOf(submission);
        if (problems.Length > 0)
            return IsStrangers(submission) ? TellOnly(submission, problems) : Refuse(submission, problems);

        if (DocumentOfAnother(submission) is { } foreign)
            return TellOnly(submission, [foreign]);

        DeleteWhatCameLate(submission);
        if (AnswerToKnown(submission) is { } answer)
            return answer;
        if (Illegal(submission) is { } illegal)
            return Refuse(submission, [illegal]);
        if (Known(submission) is null && IsDelete(submission))
            return RefuseDelete(submission);
        if (TooMany(submission) is { } many)
            return Refuse(submission, [many]);
        if (FollowUpProblems(submission) is { IsEmpty: false } wrong)
            return Refuse(submission, wrong);
        if (AnswerToQuestion(submission) is { } repeated)
            return repeated;
        if (!Journaling.HasRoom(State.JournalBytes, submission, rules.Options.MaxJournalBytes))
            return TellOnly(submission, [Journaling.Full(submission, rules.Options.MaxJournalBytes)]);
        return Take(submission);
    }

    /// <summary>What is not taken is told without being kept once half of its company's room is used: the rest is for changes.</summary>
    bool MayKeepUntaken(Submission submission) =>
        Journaling.HasRoom(State.JournalBytes, submission, rules.Options.MaxJournalBytes / 2);

    /// <summary>What is wrong with the document by itself.</summary>
    ImmutableArray<Problem> FaultsOf(Submission submission)
    {
        if (!submission.Problems.IsDefaultOrEmpty)
            return submission.Problems;
        var appTime = AppTimeOf(submission);
        if (CebTime.Parse(appTime) > submission.ReceivedAt + rules.Options.AppTimeAhead)
            return [AppTimeAhead(submission, appTime)];
        if (
            !IsDelete(submission)
            && OwnChecks
                .Check(submission.Type, submission.Document, rules.CustomsPort, now)
                .ToImmutableArray()
                is { Length: > 0 } faults
        )
            return faults;
        return
            submission is { Type: DocumentType.Order, KnownOver: { IsOfOneTransaction: false } over }
            && rules.CustomsPort.Interception == Interception.Refuse
            ? [OverLimitProblem(over)]
            : [];
    }

    /// <summary>The answer to a document that was here before, or is older than what is here; null for a newer one.</summary>
    SubmissionReply? AnswerToKnown(Submission submission)
    {
        if (Known(submission) is not { } kept)
            return null;
        var guid = GuidOf(submission.Document);
        if (kept.Guid == guid || kept.RepeatedGuid == guid)
        {
            var isSame =
                kept.Document.SameAs(submission.Document)
                || (kept.RepeatedGuid == guid && SameContent(kept.Document, submission.Document));
            if (!isSame)
                return Refuse(submission, [submission.GuidReused()]);
            PushLost(submission);
            return Repeat(kept, SubmissionOutcome.Duplicate, submission);
        }
        if (!Older(AppTimeOf(submission), guid, kept.Age))
            return null;
        return kept.EarlierGuids.Contains(guid, StringComparer.Ordinal)
            ? Repeat(kept, SubmissionOutcome.Stale, submission)
            : TellStale(submission, kept);
    }

    /// <summary>The answer to what says nothing new; null when it is meant as a change.</summary>
    SubmissionReply? AnswerToQuestion(Submission submission)
    {
        if (Known(submission) is not { } known || !IsQuestion(known, submission.Document))
            return null;
        // Said again and meant: what is older than the repetition comes too late, whichever of them arrives first.
        if (ParcelTable.IsOpen(State.Status) && MayKeepUntaken(submission))
        {
            var appTime = AppTimeOf(submission);
            known = known with
            {
                RepeatedTime = appTime,
                RepeatedGuid = GuidOf(submission.Document),
                EarlierGuids = known.GuidsSoFar(),
            };
            Put(known);
            Forgive(known.Key, appTime);
            // Its sender pushes what another parcel has, or had.
            if (State.Elsewhere.Contains(known.Key))
                SeekAnew(known.Key);
        }
        PushLost(submission);
        return Repeat(known, SubmissionOutcome.Duplicate, submission);
    }

    SubmissionReply Take(Submission submission)
    {
        var type = submission.Type;
        var key = KeyOf(submission);
        Reopen($"收到{type.Chinese()} by a new document");
        if (type == DocumentType.DeclarationList && IsGivenUp)
            Become(ParcelStatus.Rejected, "given-up", "前次申报不再等待 the attempt before is given up");
        ForgetRefusalsOf(submission);
        Replace(submission);
        if (
            type == DocumentType.Order
            && submission.KnownOver is { } warned
            && rules.CustomsPort.Interception != Interception.Off
        )
            Warn(submission, warned);
        if (
            type is DocumentType.Cancellation or DocumentType.Return
            && State[type] is { IsStaged: false, IsDeleted: false }
        )
            Request(type);

        Advance();
        var taken = State[key]!;
        return Reply(
            taken.IsStaged ? SubmissionOutcome.Staged : SubmissionOutcome.Accepted,
            ParcelViews.LatestReceipt(State, taken)
        );
    }

    /// <summary>What was refused before and is taken now is no longer refused: the engine had lacked its key, say.</summary>
    void ForgetRefusalsOf(Submission submission)
    {
        var guid = GuidOf(submission.Document);
        foreach (var receipt in State.Receipts)
        {
            if (receipt.SpeaksOf(guid, KeyOf(submission)))
                Say(receipt, isOutdated: true);
        }
    }

    static DocumentKey KeyOf(Submission submission) => DocumentKey.Of(submission.Document);

    /// <summary>What is here in its place: the document of its key, or the only one of its type.</summary>
    ParcelDocument? Known(Submission submission) => State.InPlaceOf(KeyOf(submission));

    static bool IsNew(Submission submission) => Text(submission.Document, "appType") == "1";

    static bool IsDelete(Submission submission) => Text(submission.Document, "appType") == "3";

    static string AppTimeOf(Submission submission) => Text(submission.Document, "appTime");

    /// <summary>What is wrong with the parcel is added for whoever reads it, by <see cref="Seen"/>.</summary>
    SubmissionReply Reply(SubmissionOutcome outcome, KeptReceipt? latest)
    {
        var shown = latest is null ? null : Shown(latest.Receipt);
        return new SubmissionReply(outcome, State.Status, shown, [], Missing(), latest?.Source);
    }

    void Begin(DateTimeOffset at)
    {
        Change().EbpCode = name.EbpCode;
        Change().OrderNo = name.OrderNo;
        Change().CreatedAt = at;
    }

    /// <summary>
    /// A new guid over something that is here already. Declared: a question. Rejected: a list is a new attempt. Else the
    /// same content is a question too, unless it declares what was only staged (or the other way), or repeats what customs refused.
    /// </summary>
    bool IsQuestion(ParcelDocument known, CebDocument document)
    {
        var type = known.Type;
        if (
            type
                is DocumentType.Order
                    or DocumentType.Payment
                    or DocumentType.Waybill
                    or DocumentType.DeclarationList
            && !ParcelTable.IsOpen(State.Status)
        )
            return type != DocumentType.DeclarationList || !IsGivenUp;
        if (!SameContent(known.Document, document))
            return false;
        if (known.IsStaged != (Text(document, "appStatus") == "1"))
            return false;
        // As many of the same goods once more: the part before has come to its end.
        if (type == DocumentType.Return && State.Status == ParcelStatus.PartlyReturned)
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
        var old = Known(submission);
        var revision = State.LastRevisions.GetValueOrDefault(type) + 1;
        var kept = new ParcelDocument
        {
            Document = submission.Document,
            Sender = submission.Sender,
            SignedMessageGuid = submission.SignedMessageGuid,
            Frame = submission.Frame,
            ReceivedAt = submission.ReceivedAt,
            Revision = revision,
            Owner = OwnerAfter(old, submission),
            DispatchedRevision = old?.DispatchedRevision ?? 0,
            EarlierGuids = old?.GuidsSoFar() ?? [],
        };
        KeepNames();
        Change().LastRevisions = State.LastRevisions.SetItem(type, revision);
        Put(kept);
        if (type == DocumentType.Waybill)
        {
            if (old is null)
                Change().Elsewhere = State.Elsewhere.Remove(kept.Key);
            SeekAnew(kept.Key);
        }
        Forgive(kept.Key, kept.Age.AppTime);
        if (type == DocumentType.DeclarationList)
        {
            Change().PreNo = null;
            Change().InvtNo = null;
        }
        var what = kept switch
        {
            { IsDeleted: true } => "deleted",
            { IsStaged: true } => "staged",
            _ => old is null ? "received" : "changed",
        };
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
            ProblemCode.AppTimeAhead,
            submission.Type,
            null,
            "appTime",
            $"报送时间 {appTime}（appTime）比收到时间 {CebTime.Format(submission.ReceivedAt)} 晚 {hours:0.#} 小时以上，请校准时钟后重新报送。appTime {appTime} lies more than {hours:0.#} h after the arrival at {CebTime.Format(submission.ReceivedAt)} (Beijing); set the clock right and send the document again."
        );
    }

    /// <summary>
    /// There is nothing to delete, and its sender is told so; nothing is left but the refusal. Should what it deletes come
    /// late, it is deleted all the same (rule 8: every order of arrival ends in the same state).
    /// </summary>
    SubmissionReply RefuseDelete(Submission submission)
    {
        Forgive(KeyOf(submission), AppTimeOf(submission));
        return Refuse(submission, [NothingToDelete(submission)], isEarlyDelete: true);
    }

    /// <summary>A delete that came before what it deletes.</summary>
    void DeleteWhatCameLate(Submission late)
    {
        if (Known(late) is not null || IsDelete(late))
            return;
        if (ParcelTable.Refuse(State.Status, late.Type, isNew: false) is not null)
            return;
        // Of several deletes only the newest is kept.
        var key = KeyOf(late);
        var deletion = State.Refusals.FirstOrDefault(r => r.EarlyDelete is not null && r.IsAbout(key));
        if (deletion is null || !MayReplace(late.Document, late.Owner, deletion.EarlyDelete!))
            return;
        if (Older(AppTimeOf(late), GuidOf(late.Document), (deletion.AppTime, deletion.Guid)))
            Replace(deletion.EarlyDelete!);
    }

    static Problem NothingToDelete(Submission submission) =>
        new(
            ProblemCode.NothingToDelete,
            submission.Type,
            null,
            "appType",
            $"没有可删除的{submission.Type.Chinese()}（appType 3）：该业务主键下未收到过单证。如需申报，请以 appType 1 报送。There is no {submission.Type.Name()} to delete (appType 3): none was received under this key. Send it with appType 1 if it is to be declared."
        );

    /// <summary>Told on Kafka as by HTTP: an old success would make its sender believe that the change is in force.</summary>
    SubmissionReply TellStale(Submission submission, ParcelDocument kept)
    {
        var problem = Stale(submission, kept);
        if (!MayKeepUntaken(submission))
            return TellOnly(submission, [problem]) with { Outcome = SubmissionOutcome.Stale };
        var receipt = RefuseByReceipt(
            submission.Type,
            submission.Document,
            [problem],
            submission.Sender.CopCode
        );
        return new SubmissionReply(
            SubmissionOutcome.Stale,
            State.Status,
            receipt,
            [problem],
            Missing(),
            ReceiptSource.Engine
        );
    }

    /// <summary>What another participant sent is not told, its time included.</summary>
    static Problem Stale(Submission submission, ParcelDocument kept)
    {
        var (type, appTime) = (submission.Type, AppTimeOf(submission));
        var isOwn = kept.Sender.CopCode == submission.Sender.CopCode;
        var (chinese, english) = isOwn ? ($"（{kept.Age.AppTime}）", $" ({kept.Age.AppTime})") : ("", "");
        return new Problem(
            ProblemCode.Stale,
            type,
            null,
            "appTime",
            $"报送时间 {appTime}（appTime）早于已受理的{type.Chinese()}{chinese}，本单证未采用，已受理的继续有效。如需变更，请以当前时间（24 小时制）和新的 guid 重新报送。appTime {appTime} is older than that of the {type.Name()} that is here{english}; this document is not applied and the other stays in force. To change it, send it again with the time of now (24-hour clock) and a new guid."
        );
    }

    SubmissionReply Refuse(
        Submission submission,
        ImmutableArray<Problem> problems,
        bool isEarlyDelete = false
    )
    {
        if (!MayKeepUntaken(submission))
            return TellOnly(submission, problems);
        Record(submission.Document, problems, submission.Owner, isEarlyDelete ? submission : null);
        var receipt = RefuseByReceipt(
            submission.Type,
            submission.Document,
            problems,
            submission.Sender.CopCode
        );
        Enter(
            $"{submission.Type.Name()}-refused",
            $"{submission.Type.Chinese()}未受理 refused：{string.Join(", ", problems.Select(p => p.Code))}"
        );
        return new SubmissionReply(
            SubmissionOutcome.Refused,
            State.Status,
            receipt,
            problems,
            Missing(),
            ReceiptSource.Engine
        );
    }

    /// <summary>
    /// Remembers a refused document, unless a good one that is not older is here: who comes first does not matter. Another
    /// content under the good one's own guid is no older document but a fault to be seen.
    /// </summary>
    void Record(
        CebDocument document,
        ImmutableArray<Problem> problems,
        string owner,
        Submission? earlyDelete = null
    )
    {
        var key = DocumentKey.Of(document);
        var (appTime, guid) = (Text(document, "appTime"), Text(document, "guid"));
        var refusal = new Refusal(key.Type, guid, problems, now, appTime, earlyDelete, key, owner);
        if (State.Documents.Any(kept => refusal.IsAbout(kept.Key) && kept.Guid != guid && IsNotNewer(kept)))
            return;
        if (
            State.Refusals.Any(r =>
                r.IsAbout(key) && r.EarlyDelete is not null && Older(appTime, guid, (r.AppTime, r.Guid))
            )
        )
            return;
        var refusals = State.Refusals.RemoveAll(r => r.IsAbout(key) && r.Guid == guid).Add(refusal);
        Change().Refusals = refusals.Length > rules.Options.MaxRefusals ? refusals.RemoveAt(0) : refusals;

        bool IsNotNewer(ParcelDocument kept) => string.CompareOrdinal(appTime, kept.Age.AppTime) <= 0;
    }

    /// <summary>A good document takes the place of the refused ones before it.</summary>
    void Forgive(DocumentKey key, string appTime) =>
        Change().Refusals = State.Refusals.RemoveAll(r =>
            r.IsAbout(key) && string.CompareOrdinal(r.AppTime, appTime) <= 0
        );

    /// <summary>Ordinal, so that every machine orders two documents in the same way.</summary>
    static bool Older(string appTime, string guid, (string AppTime, string Guid) than) =>
        string.CompareOrdinal(appTime, than.AppTime) is var order
        && (order < 0 || (order == 0 && string.CompareOrdinal(guid, than.Guid) < 0));

    /// <summary>A repeat has no second effect; its sender gets the latest receipt once more.</summary>
    SubmissionReply Repeat(ParcelDocument kept, SubmissionOutcome outcome, Submission submission)
    {
        var latest = ParcelViews.LatestReceipt(State, kept);
        if (latest is not null)
            HandOn(kept.Type, latest.Receipt, submission.Sender.CopCode);
        return Reply(outcome, latest) with { IsElsewhere = submission.IsElsewhere(kept.SignedMessageGuid) };
    }

    void Warn(Submission submission, OverLimit over)
    {
        var receipt = OwnReceipt.Make(
            DocumentType.Order,
            submission.Document,
            2,
            $"[over-annual-limit-known] {OverLimitText(over)}",
            now
        );
        KeepOwn(DocumentType.Order, receipt, submission.Document, submission.Sender.CopCode);
        Enter("over-limit-warned", "进口超额预警 buyer known to be over the annual limit");
    }

    static Problem OverLimitProblem(OverLimit over) =>
        new(ProblemCode.OverAnnualLimitKnown, DocumentType.Order, null, "buyerIdNumber", OverLimitText(over));

    static string OverLimitText(OverLimit over)
    {
        var (used, limit) = (CebAmount.FromFen(over.UsedFen), CebAmount.FromFen(over.LimitFen));
        if (over.CustomsCode == 0)
            return $"进口超额拦截：订购人年度已用 {used} 元，限额 {limit} 元。The buyer has used ¥{used} of ¥{limit} this year and was over it before; plan the purchase as ordinary trade.";
        return over.IsOfOneTransaction
            ? $"进口超额预警：海关本年度曾以 {over.CustomsCode} 退回该订购人的清单，认定超出单次交易限值；请核对本单金额。Customs refused a list of this buyer this year ({over.CustomsCode}) as over the limit of one transaction; check the amount of this order."
            : $"进口超额拦截：海关本年度曾以 {over.CustomsCode} 退回该订购人的清单，认定超出年度限额；本引擎记录的已用额度为 {used} 元，限额 {limit} 元，海关另计其他渠道的交易。Customs itself refused a list of this buyer this year ({over.CustomsCode}) as over the annual limit; this engine counts ¥{used} of ¥{limit}, and customs also counts what was bought elsewhere. Plan the purchase as ordinary trade.";
    }

    void Request(DocumentType type)
    {
        Change().StatusBefore = State.Status;
        Enter(
            type == DocumentType.Cancellation ? "cancel-requested" : "return-requested",
            type == DocumentType.Cancellation
                ? "申请撤销 cancellation requested"
                : "申请退货 return requested",
            type == DocumentType.Cancellation ? ParcelStatus.CancelRequested : ParcelStatus.ReturnRequested
        );
    }

    static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
