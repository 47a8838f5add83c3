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
using ClearanceEngine.Waiting;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// A record of <c>declarations.*</c>: through the gate, then each document to its parcel, one call a parcel in document
/// order. When it returns, everything is durable. Whoever asked by HTTP is answered whatever the outcome.
/// </summary>
sealed partial class DeclarationIntake(
    MessageGate gate,
    IGrainFactory grains,
    IDocumentIndex index,
    SubscriberIdentity identity,
    PortOptions port,
    IKafkaProducer producer,
    ClusterMac macs,
    IntakeOptions options,
    TimeProvider time,
    ILogger<DeclarationIntake> logger
) : IFeedHandler
{
    public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        var asker = Asker(record);
        var (admitted, refused) = await gate.Check(
            record.Value,
            record.Topic,
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
        var message = admitted!.Message;
        var kind = DocumentKinds.OfMessage(message.Type)!.Value;
        var pieces = Pieces(kind, message);
        if (admitted.IsSigned)
        {
            if (admitted.Problems.SelectMany(p => p).FirstOrDefault() is { } wrong)
                admitted = RefuseAll(admitted, OtherIsWrong(wrong));
            else if (
                !await grains
                    .Grain<ISignedMessageGrain>(GrainKey.SignedMessage(message.Guid))
                    .Hold(
                        message.Schema.Root,
                        admitted.Sender.Code,
                        record.Value.ToArray(),
                        [.. pieces.Select(p => new SignedMember(kind, p.MemberGuid))]
                    )
            )
                admitted = RefuseAll(admitted, GuidReused(kind, message.Guid));
        }
        var carrier = admitted.IsSigned && admitted.Problems.All(p => p.IsEmpty) ? message.Guid : null;

        var answers = new DocumentAnswer[pieces.Length];
        var unreadable = new List<string>();
        var addressed = await Address(kind, pieces, cancellationToken);
        for (var i = 0; i < addressed.Length; i++)
        {
            // What is wrong by itself has nothing to wait for.
            if (
                addressed[i].Target.StartsWith("w/", StringComparison.Ordinal)
                && !admitted.Problems[addressed[i].Piece.Index].IsEmpty
            )
                addressed[i] = addressed[i] with { Target = Nowhere };
        }
        await Parallel.ForEachAsync(
            addressed.GroupBy(a => a.Target, StringComparer.Ordinal),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = options.ParcelsAtOnce,
                CancellationToken = cancellationToken,
            },
            async (group, token) =>
            {
                var members = group.ToArray();
                if (group.Key is Unreadable or Nowhere)
                {
                    foreach (var m in members)
                    {
                        var problems = admitted.Problems[m.Piece.Index];
                        if (group.Key == Unreadable)
                        {
                            problems = problems.Add(KeyUnreadable(kind, m.Piece));
                            lock (unreadable)
                                unreadable.Add(string.Join(" ", problems.Select(p => p.Text)));
                        }
                        answers[m.Position] = new DocumentAnswer(
                            kind,
                            m.Piece.Document,
                            null,
                            await Refuse(kind, m.Piece.Document, problems, admitted.Sender, token)
                        );
                    }
                    return;
                }
                var submissions = new List<Submission>(members.Length);
                foreach (var m in members)
                {
                    var problems = admitted.Problems[m.Piece.Index];
                    var over =
                        kind == DocumentKind.Order && problems.IsEmpty
                            ? await KnownOver(m.Piece.Document, record.Timestamp)
                            : null;
                    submissions.Add(
                        new Submission(
                            kind,
                            m.Piece.Document,
                            message.Transfer!,
                            carrier,
                            record.Timestamp,
                            problems,
                            over
                        )
                    );
                }
                var replies = group.Key.StartsWith("w/", StringComparison.Ordinal)
                    ? await grains.Grain<IWaitingGrain>(group.Key).Hold([.. submissions])
                    : await grains
                        .Grain<IParcelGrain>(group.Key)
                        .Submit([.. submissions], atOnce: asker is not null);
                for (var i = 0; i < members.Length; i++)
                {
                    var (document, reply) = (members[i].Piece.Document, replies[i]);
                    if (reply is { Outcome: SubmissionOutcome.Refused, Receipt: null })
                        reply = await Refuse(kind, document, reply.Problems, admitted.Sender, token); // there is no parcel that would tell
                    else
                        EngineMetrics.Document(kind, reply.Outcome);
                    answers[members[i].Position] = new DocumentAnswer(
                        kind,
                        document,
                        group.Key.StartsWith("p/", StringComparison.Ordinal) ? group.Key : null,
                        reply
                    );
                }
            }
        );
        if (
            carrier is not null
            && answers.FirstOrDefault(a => a.Reply.Outcome == SubmissionOutcome.Refused) is { } member
        )
        {
            await grains
                .Grain<ISignedMessageGrain>(GrainKey.SignedMessage(message.Guid))
                .Refuse(
                    new Problem(
                        "message-refused",
                        kind,
                        null,
                        null,
                        $"同一加签报文中的其他单证未受理({member.Reply.Problems.FirstOrDefault()?.Code}),整份报文不发送。Another document of the same signed message was refused ({member.Reply.Problems.FirstOrDefault()?.Code}); a signed message leaves as a whole. Correct it and send the message again."
                    )
                );
        }
        await Answer(asker, new DoorAnswer([.. answers]));
        if (unreadable.Count > 0)
            throw new PoisonRecordException("key-unreadable", string.Join(" ", unreadable));
    }

    /// <summary>A document, or one line of an entry note: what goes to one parcel.</summary>
    /// <param name="Index">Position of the document in the message.</param>
    /// <param name="Document">The document.</param>
    /// <param name="MemberGuid">Its name inside a signed message.</param>
    readonly record struct Piece(int Index, CebDocument Document, string MemberGuid);

    /// <summary>Instead of a target: the key cannot be read, or there is no parcel to keep the refusal.</summary>
    const string Unreadable = "",
        Nowhere = "-";

    readonly record struct Addressed(int Position, Piece Piece, string Target);

    static Piece[] Pieces(DocumentKind kind, CebMessage message)
    {
        if (kind != DocumentKind.Entry)
            return [.. message.Documents.Select((d, i) => new Piece(i, d, Guid(d)))];
        var note = message.Documents[0];
        if (note.LineCount == 0)
            return [new Piece(0, note, Guid(note))];
        return
        [
            .. Enumerable.Range(0, note.LineCount).Select(i => new Piece(0, note.WithLines([i]), Guid(note))),
        ];

        static string Guid(CebDocument d) => d[d.Schema.Head.Find("guid")!] ?? "";
    }

    /// <summary>Refuses every document that is not refused for its own faults.</summary>
    static AdmittedMessage RefuseAll(AdmittedMessage message, Problem problem) =>
        message with
        {
            Problems = [.. message.Problems.Select(p => p.IsEmpty ? [problem] : p)],
        };

    static Problem OtherIsWrong(Problem wrong) =>
        new(
            "message-refused",
            wrong.Document,
            null,
            null,
            $"同一加签报文中的其他单证有误({wrong.Code}),整份报文未受理,请更正后重新发送。Another document of the same signed message is wrong ({wrong.Code}); correct it and send the message again."
        );

    static Problem GuidReused(DocumentKind kind, string guid) =>
        new(
            "guid-reused",
            kind,
            null,
            "guid",
            $"加签报文的 guid {guid} 已用于内容不同的报文,请换用新的 guid 重新加签。The guid {guid} of the signed message was used for a message with other content; give it a new guid, sign it and send it again."
        );

    /// <summary>Names the document by all that is left: its guid and its place.</summary>
    static Problem KeyUnreadable(DocumentKind kind, Piece piece) =>
        new(
            "key-unreadable",
            kind,
            null,
            null,
            $"第 {piece.Index + 1} 份{kind.Chinese()}(guid {Clip.Quote(piece.MemberGuid)})缺少可读的业务主键,无法归属包裹,请补全后重新发送。Document {piece.Index + 1} (guid {Clip.Quote(piece.MemberGuid)}) has no readable business key, so no parcel can be found for it; complete it and send it again."
        );

    /// <summary>Finds each piece's parcel, or the place where it waits for one; an empty target when its key cannot be read.</summary>
    async Task<Addressed[]> Address(DocumentKind kind, Piece[] pieces, CancellationToken cancellationToken)
    {
        var result = new Addressed[pieces.Length];
        if (kind is DocumentKind.Waybill or DocumentKind.WaybillStatus or DocumentKind.Entry)
        {
            var names = pieces.Select(p => WaybillName(kind, p.Document)).ToArray();
            var keys = names
                .SelectMany(n =>
                    n is null ? []
                    : n.Value.OrderNo is { } order
                        ? new[] { IndexKey.Waybill(n.Value.Code, n.Value.Number), IndexKey.Order(order) }
                    : [IndexKey.Waybill(n.Value.Code, n.Value.Number)]
                )
                .Distinct(StringComparer.Ordinal)
                .ToArray();
            var found =
                keys.Length == 0
                    ? new Dictionary<string, IReadOnlyList<string>>()
                    : await index.Find(keys, fresh: false, cancellationToken);
            for (var i = 0; i < pieces.Length; i++)
            {
                var target = names[i] is not { } name
                    ? ""
                    : WaybillPlace.Of(
                        found.GetValueOrDefault(IndexKey.Waybill(name.Code, name.Number), []),
                        name.OrderNo is { } order ? found.GetValueOrDefault(IndexKey.Order(order), []) : []
                    ) ?? GrainKey.Waiting(name.Code, name.Number);
                result[i] = new Addressed(i, pieces[i], target);
            }
            return result;
        }
        for (var i = 0; i < pieces.Length; i++)
        {
            var head = pieces[i].Document.Schema.Head;
            var (ebp, order) = (
                pieces[i].Document[head.Find("ebpCode")!],
                pieces[i].Document[head.Find("orderNo")!]
            );
            result[i] = new Addressed(
                i,
                pieces[i],
                ebp is { Length: > 0 and <= 18 } && order is { Length: > 0 and <= 60 }
                    ? GrainKey.Parcel(ebp, order)
                    : ""
            );
        }
        return result;
    }

    static (string Code, string Number, string? OrderNo)? WaybillName(DocumentKind kind, CebDocument d)
    {
        var (code, number, order) = kind switch
        {
            DocumentKind.Waybill => (
                d[LogisticsHead.LogisticsCode],
                d[LogisticsHead.LogisticsNo],
                d[LogisticsHead.OrderNo]
            ),
            DocumentKind.WaybillStatus => (
                d[LogisticsStatus.LogisticsCode],
                d[LogisticsStatus.LogisticsNo],
                null
            ),
            _ => (
                d[DeliveryHead.LogisticsCode],
                d.LineCount > 0 ? d[0, DeliveryList.LogisticsNo] : null,
                null
            ),
        };
        return
            code is { Length: > 0 and <= 18 }
            && number is { Length: > 0 and <= 60 }
            && order is null or { Length: > 0 and <= 60 }
            ? (code, number, order)
            : null;
    }

    /// <summary>进口超额拦截: what this port knows of the buyer.</summary>
    async Task<OverLimit?> KnownOver(CebDocument order, DateTimeOffset at)
    {
        if (port.Interception == Interception.Off)
            return null;
        var subscriber = grains.Grain<ISubscriberGrain>(
            GrainKey.Subscriber(identity.Hash(order.Required(OrderHead.BuyerIdNumber)))
        );
        var standing = await subscriber.Standing(CebTime.BeijingYear(at));
        return standing.KnownOver ? new OverLimit(standing.UsedFen, standing.LimitFen) : null;
    }

    /// <summary>
    /// A document that no parcel can keep: its sender is told. One without a readable key goes to the dead letters too; one that
    /// is wrong by itself and knows only a waybill has nothing to wait for.
    /// </summary>
    async Task<SubmissionReply> Refuse(
        DocumentKind kind,
        CebDocument document,
        ImmutableArray<Problem> problems,
        Participant sender,
        CancellationToken cancellationToken
    )
    {
        var receipt = OwnReceipt.Refusal(kind, document, problems, time.GetUtcNow());
        await Send(receipt, sender, cancellationToken);
        EngineMetrics.Document(kind, SubmissionOutcome.Refused);
        return new SubmissionReply(SubmissionOutcome.Refused, null, receipt, problems, []);
    }

    /// <summary>A message refused as a whole, told to its sender if that is one of ours: a receipt for each document, or a CEB900 for what cannot be read.</summary>
    async Task Tell(RefusedMessage refused, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        LogRefused(refused.Reason, refused.Receiver?.Code ?? "unknown");
        if (refused is { Unread: { } unread, Receiver: { } sender })
            await Send(
                OwnReceipt.FormatError(
                    unread.MessageType,
                    unread.MessageGuid,
                    Convert.ToHexString(SHA256.HashData(body.Span)),
                    (unread.Code, unread.Message),
                    time.GetUtcNow()
                ),
                sender,
                cancellationToken
            );
        if (
            refused is not { Message: { } message, Receiver: { } receiver }
            || DocumentKinds.OfMessage(message.Type) is not { } kind
        )
            return;
        var problem = new Problem(refused.Reason, kind, null, refused.Field, refused.Text);
        foreach (var document in message.Documents)
            await Send(
                OwnReceipt.Refusal(kind, document, [problem], time.GetUtcNow()),
                receiver,
                cancellationToken
            );
    }

    Task Send(CebDocument receipt, Participant receiver, CancellationToken cancellationToken) =>
        producer.Produce(
            receiver.Topic,
            null,
            CebWriter.Write(
                new CebMessage(receipt.Type, receipt[receipt.Schema.Head.Find("guid")!]!, "1.0", [receipt])
            ),
            null,
            cancellationToken
        );

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
