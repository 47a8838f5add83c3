using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using ClearanceEngine.Ceb;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// A record of <c>declarations.*</c>: through admission, then each document to its parcel, one call a parcel in document
/// order. When it returns, everything is durable. Whoever asked by HTTP is answered whatever the outcome.
/// </summary>
sealed partial class DeclarationIntake(
    Admission admission,
    IGrainFactory grains,
    IDocumentIndex index,
    SubscriberIdentity identity,
    CustomsPortOptions customsPort,
    SignedIntake signed,
    RefusalReceipts refusals,
    ClusterMac macs,
    IntakeOptions options,
    TimeProvider time,
    ILogger<DeclarationIntake> logger
) : IFeedHandler
{
    public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        var asker = Asker(record);
        var (admitted, refused) = await admission.Check(
            record.Value,
            OriginOf(record),
            record.Timestamp,
            options.Limits,
            cancellationToken
        );
        if (refused is not null)
        {
            await Tell(refused, record.Value, cancellationToken);
            await Answer(asker, new DoorAnswer([], refused.Reason, refused.Text));
            throw new PoisonRecordException(refused.Reason, refused.Text);
        }

        var type = DocumentTypes.OfMessage(admitted!.Message.Type)!.Value;
        var pieces = Pieces(type, admitted.Message);
        var addressed = await Address(type, pieces, cancellationToken);
        var work = new RecordWork(
            record,
            type,
            await signed.Hold(admitted, record.Value, [.. addressed.Select(a => Member(type, a))]),
            new DocumentAnswer[pieces.Length],
            asker is not null
        );
        KeepNoneWaiting(work, addressed);

        await Parallel.ForEachAsync(
            addressed.GroupBy(a => a.Target, StringComparer.Ordinal),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = options.ParcelsAtOnce,
                CancellationToken = cancellationToken,
            },
            (group, token) => new ValueTask(Take(work, group.Key, [.. group], token))
        );

        await signed.RefuseIfBroken(work.Held, type, work.Answers);
        await Answer(asker, new DoorAnswer([.. work.Answers]));
        if (work.Poison() is { } poison)
            throw poison;
    }

    /// <summary>What is known of a record while its documents are worked on, by several at once.</summary>
    /// <param name="Record">The record.</param>
    /// <param name="Type">Of its documents.</param>
    /// <param name="Held">Its message, with the problems of each document, and under which guid it is held if its participant signed it.</param>
    /// <param name="Answers">A place for each piece; each is written once.</param>
    /// <param name="IsAwaited">Whether somebody waits for the answer by HTTP.</param>
    sealed record RecordWork(
        FeedRecord Record,
        DocumentType Type,
        HeldRecord Held,
        DocumentAnswer[] Answers,
        bool IsAwaited
    )
    {
        readonly ConcurrentQueue<string> _unreadable = [];
        readonly ConcurrentQueue<string> _untold = [];

        public AdmittedMessage Admitted => Held.Admitted;

        public CebMessage Message => Admitted.Message;

        public ImmutableArray<Problem> ProblemsOf(Piece piece) => Admitted.Problems[piece.Index];

        /// <summary>A document that no parcel can be found for.</summary>
        public void Unreadable(IEnumerable<Problem> problems) => _unreadable.Enqueue(Text(problems));

        /// <summary>A refusal that its sender could not be told.</summary>
        public void Untold(IEnumerable<Problem> problems) => _untold.Enqueue(Text(problems));

        /// <summary>Why the record goes to the dead letters though it was worked on; null when nothing of it would be lost.</summary>
        public PoisonRecordException? Poison()
        {
            if (!_unreadable.IsEmpty)
                return new PoisonRecordException(ProblemCode.KeyUnreadable, string.Join(" ", _unreadable));
            return _untold.IsEmpty
                ? null
                : new PoisonRecordException(ProblemCode.RefusalUntold, string.Join(" ", _untold));
        }

        static string Text(IEnumerable<Problem> problems) => string.Join(" ", problems.Select(p => p.Text));
    }

    static SignedMember Member(DocumentType type, Addressed addressed) =>
        new(type, addressed.Piece.MemberGuid, IsParcel(addressed.Target) ? addressed.Target : null);

    /// <summary>The documents of one record for one target.</summary>
    Task Take(RecordWork work, string target, Addressed[] members, CancellationToken cancellationToken) =>
        target is Unreadable or Nowhere
            ? RefuseHere(work, target == Unreadable, members, cancellationToken)
            : Submit(work, target, members, cancellationToken);

    async Task RefuseHere(
        RecordWork work,
        bool isUnreadable,
        Addressed[] members,
        CancellationToken cancellationToken
    )
    {
        foreach (var member in members)
        {
            var problems = work.ProblemsOf(member.Piece);
            if (isUnreadable)
            {
                problems = problems.Add(KeyUnreadable(work.Type, member.Piece));
                work.Unreadable(problems);
            }
            var reply = await Refuse(work, member.Piece.Document, problems, cancellationToken);
            work.Answers[member.Position] = new DocumentAnswer(work.Type, member.Piece.Document, reply);
        }
    }

    async Task Submit(
        RecordWork work,
        string target,
        Addressed[] members,
        CancellationToken cancellationToken
    )
    {
        var submissions = ImmutableArray.CreateBuilder<Submission>(members.Length);
        foreach (var member in members)
            submissions.Add(await Submission(work, member.Piece));

        var replies = IsWaiting(target)
            ? await grains.Grain<IUnmatchedWaybillGrain>(target).Hold(submissions.MoveToImmutable())
            : await SubmitToParcel(work, target, submissions.MoveToImmutable());
        for (var i = 0; i < members.Length; i++)
        {
            var (document, reply) = (members[i].Piece.Document, replies[i]);
            if (reply is { Outcome: SubmissionOutcome.Refused, Receipt: null })
                reply = await Refuse(work, document, reply.Problems, cancellationToken); // there is no parcel that would tell
            else
                EngineMetrics.Document(work.Type, reply.Outcome);
            work.Answers[members[i].Position] = new DocumentAnswer(work.Type, document, reply);
        }
    }

    /// <summary>
    /// The index may have led to a parcel that has given its waybill up since: news of it wait by its number then. A waybill itself
    /// waits where its order will come.
    /// </summary>
    async Task<ImmutableArray<SubmissionReply>> SubmitToParcel(
        RecordWork work,
        string target,
        ImmutableArray<Submission> submissions
    )
    {
        var replies = await grains.Grain<IParcelGrain>(target).Submit(submissions, atOnce: work.IsAwaited);
        if (work.Type == DocumentType.Waybill)
            return replies;

        var result = replies.ToBuilder();
        for (var i = 0; i < replies.Length; i++)
        {
            if (replies[i].Outcome != SubmissionOutcome.Unmatched)
                continue;
            var waiting = grains.Grain<IUnmatchedWaybillGrain>(
                WaybillNames.Of(submissions[i].Document)!.UnmatchedKey
            );
            result[i] = (await waiting.Hold([submissions[i]]))[0];
        }
        return result.MoveToImmutable();
    }

    async Task<Submission> Submission(RecordWork work, Piece piece)
    {
        var problems = work.ProblemsOf(piece);
        var isNewOrder = work.Type == DocumentType.Order && problems.IsEmpty;
        return new Submission(
            work.Type,
            piece.Document,
            work.Message.Transfer!,
            work.Held.MessageGuid,
            work.Record.Timestamp,
            problems,
            isNewOrder ? await KnownOver(piece.Document, work.Record.Timestamp) : null,
            work.Held.MessageGuid is null ? work.Message.Frame : null,
            EntitlementRules.Principal(work.Admitted.Sender, work.Type, piece.Document)
        );
    }

    static bool IsWaiting(string target) => target.StartsWith("w/", StringComparison.Ordinal);

    static bool IsParcel(string target) => target is not (Unreadable or Nowhere) && !IsWaiting(target);

    /// <summary>A document, or one line of an inbound note: what goes to one parcel.</summary>
    /// <param name="Index">Position of the document in the message.</param>
    /// <param name="Document">The document.</param>
    /// <param name="MemberGuid">Its name inside a signed message.</param>
    readonly record struct Piece(int Index, CebDocument Document, string MemberGuid);

    /// <summary>Instead of a target: the key cannot be read, or there is no parcel to keep the refusal.</summary>
    const string Unreadable = "",
        Nowhere = "-";

    readonly record struct Addressed(int Position, Piece Piece, string Target);

    static Piece[] Pieces(DocumentType type, CebMessage message)
    {
        if (type != DocumentType.InboundNote)
            return [.. message.Documents.Select((d, i) => new Piece(i, d, d.Guid))];
        var note = message.Documents[0];
        if (note.LineCount == 0)
            return [new Piece(0, note, note.Guid)];
        return
        [
            .. Enumerable.Range(0, note.LineCount).Select(i => new Piece(0, note.WithLines([i]), note.Guid)),
        ];
    }

    /// <summary>Names the document by all that is left: its guid and its place.</summary>
    static Problem KeyUnreadable(DocumentType type, Piece piece) =>
        new(
            ProblemCode.KeyUnreadable,
            type,
            null,
            null,
            $"第 {piece.Index + 1} 份{type.Chinese()}（guid {Clip.Quote(piece.MemberGuid)}）缺少可读的业务主键，无法归属包裹，请补全后重新发送。Document {piece.Index + 1} (guid {Clip.Quote(piece.MemberGuid)}) has no readable business key, so no parcel can be found for it; complete it and send it again."
        );

    /// <summary>What is wrong by itself has nothing to wait for.</summary>
    static void KeepNoneWaiting(RecordWork work, Addressed[] addressed)
    {
        for (var i = 0; i < addressed.Length; i++)
        {
            if (IsWaiting(addressed[i].Target) && !work.ProblemsOf(addressed[i].Piece).IsEmpty)
                addressed[i] = addressed[i] with { Target = Nowhere };
        }
    }

    /// <summary>Finds each piece's parcel, or the place where it waits for one; an empty target when its key cannot be read.</summary>
    async Task<Addressed[]> Address(DocumentType type, Piece[] pieces, CancellationToken cancellationToken)
    {
        var result = new Addressed[pieces.Length];
        if (type is DocumentType.WaybillStatus or DocumentType.InboundNote)
        {
            var names = pieces.Select(p => WaybillNames.Of(p.Document)).ToArray();
            var keys = names
                .OfType<WaybillNames>()
                .SelectMany(name => name.IndexKeys)
                .Distinct(StringComparer.Ordinal)
                .ToArray();
            var found =
                keys.Length == 0
                    ? new Dictionary<string, IReadOnlyList<string>>()
                    : await index.Find(keys, fresh: false, cancellationToken);
            for (var i = 0; i < pieces.Length; i++)
            {
                var target = names[i] is not { } name ? Unreadable : name.Parcel(found) ?? name.UnmatchedKey;
                result[i] = new Addressed(i, pieces[i], target);
            }
            return result;
        }
        for (var i = 0; i < pieces.Length; i++)
            result[i] = new Addressed(i, pieces[i], TargetOf(type, pieces[i].Document));
        return result;
    }

    /// <summary>
    /// Of a document that names its order number: the grain of that. A waybill that lacks it has a key all the same, and is
    /// wrong by itself.
    /// </summary>
    static string TargetOf(DocumentType type, CebDocument document)
    {
        var head = document.Schema.Head;
        var hasKey =
            type == DocumentType.Waybill
                ? WaybillNames.Of(document) is not null
                : document[head.Find("ebpCode")!] is { Length: > 0 and <= 18 };
        if (!hasKey)
            return Unreadable;
        if (document[head.Find("orderNo")!] is { Length: > 0 and <= 60 } orderNo)
            return GrainKey.Parcels(orderNo);
        return type == DocumentType.Waybill ? Nowhere : Unreadable;
    }

    /// <summary>进口超额拦截: what this port knows of the buyer.</summary>
    async Task<OverLimit?> KnownOver(CebDocument order, DateTimeOffset at)
    {
        if (customsPort.Interception == Interception.Off)
            return null;
        var subscriber = grains.Grain<ISubscriberGrain>(
            GrainKey.Subscriber(identity.Hash(order.Required(OrderHead.BuyerIdNumber)))
        );
        var standing = await subscriber.Standing(CebTime.BeijingYear(at));
        return standing.KnownOver
            ? new OverLimit(standing.UsedFen, standing.LimitFen, standing.OverByCustoms)
            : null;
    }

    /// <summary>
    /// A document that no parcel can keep: its sender is told. One without a readable key goes to the dead letters too; one that
    /// is wrong by itself and knows only a waybill has nothing to wait for.
    /// </summary>
    async Task<SubmissionReply> Refuse(
        RecordWork work,
        CebDocument document,
        ImmutableArray<Problem> problems,
        CancellationToken cancellationToken
    )
    {
        var receipt = OwnReceipt.Refusal(work.Type, document, problems, time.GetUtcNow());
        if (!await refusals.TrySend(receipt, work.Admitted.Sender, cancellationToken))
            work.Untold(problems);
        EngineMetrics.Document(work.Type, SubmissionOutcome.Refused);
        return new SubmissionReply(
            SubmissionOutcome.Refused,
            null,
            receipt,
            problems,
            [],
            ReceiptSource.Engine
        );
    }

    /// <summary>
    /// A message refused as a whole, told to its sender if that is one of ours: a receipt for each document, or a CEB900 for
    /// what cannot be read. It goes to the dead letters whether its sender could be told or not.
    /// </summary>
    async Task Tell(RefusedMessage refused, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        LogRefused(refused.Reason, refused.Receiver?.Code ?? "unknown");
        if (refused.Receiver is not { } receiver)
            return;

        foreach (var receipt in ReceiptsOf(refused, body))
        {
            if (!await refusals.TrySend(receipt, receiver, cancellationToken))
                return;
        }
    }

    IEnumerable<CebDocument> ReceiptsOf(RefusedMessage refused, ReadOnlyMemory<byte> body)
    {
        if (refused.Unread is { } unread)
            yield return OwnReceipt.FormatError(
                unread.MessageType,
                unread.MessageGuid,
                Convert.ToHexString(SHA256.HashData(body.Span)),
                (unread.Code, unread.Message),
                time.GetUtcNow()
            );

        if (refused.Message is not { } message || DocumentTypes.OfMessage(message.Type) is not { } type)
            yield break;
        var problem = new Problem(refused.Reason, type, null, refused.Field, refused.Text);
        foreach (var document in message.Documents)
            yield return OwnReceipt.Refusal(type, document, [problem], time.GetUtcNow());
    }

    RecordOrigin OriginOf(FeedRecord record) =>
        DeclarationTopic.TryParse(record.Topic, out var topic)
            ? new RecordOrigin(topic.Value, DoorAddress.IsFromDoor(record, macs))
            : throw new InvalidOperationException($"{record.Topic} is no topic of declarations.");

    /// <summary>Who waits for the decision by HTTP; a record that only says so is worked on like any other, and nobody is answered.</summary>
    DoorAddress? Asker(FeedRecord record)
    {
        var asker = DoorAddress.Of(record, macs);
        if (asker is null && record.Header(TopicNames.DoorHeader) is not null)
            LogForeignDoor(record);
        return asker;
    }

    async Task Answer(DoorAddress? asker, DoorAnswer answer)
    {
        if (asker is not var (door, correlation))
            return;
        try
        {
            await grains.Grain<IDoorGrain>(door).Answer(correlation, answer);
        }
        catch (Exception e)
        {
            // The asker gets 202 and the address of the parcel; the decision stands.
            LogDoor(e, door);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Record} names a door without a MAC of this cluster; nobody is answered."
    )]
    partial void LogForeignDoor(FeedRecord record);

    [LoggerMessage(Level = LogLevel.Information, Message = "A message of {Sender} is refused: {Reason}.")]
    partial void LogRefused(string reason, string sender);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Door {Door} did not take an answer.")]
    partial void LogDoor(Exception e, string door);
}
