using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.SignedMessages;
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
    MessageGate gate, IGrainFactory grains, IDocumentIndex index, SubscriberIdentity identity, PortOptions port, IKafkaProducer producer,
    IntakeOptions options, TimeProvider time, ILogger<DeclarationIntake> logger) : IFeedHandler
{
    public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        var (admitted, refused) = gate.Check(record.Value, record.Topic, options.Limits);
        if (refused is not null)
        {
            await Tell(refused, cancellationToken);
            await Answer(record, new DoorAnswer([], refused.Reason, refused.Text));
            throw new PoisonRecordException(refused.Reason, refused.Text);
        }
        var message = admitted!.Message;
        var kind = DocumentKinds.OfMessage(message.Type)!.Value;
        var pieces = Pieces(kind, message);
        if (admitted.IsSigned)
        {
            if (admitted.Problems.SelectMany(p => p).FirstOrDefault() is { } wrong) admitted = RefuseAll(admitted, wrong);
            else await grains.GetGrain<ISignedMessageGrain>(GrainKey.SignedMessage(message.Guid)).Hold(message.Schema.Root, admitted.Sender.Code, record.Value.ToArray(), [.. pieces.Select(p => new SignedMember(kind, p.MemberGuid))]);
        }
        var carrier = admitted.IsSigned && admitted.Problems.All(p => p.IsEmpty) ? message.Guid : null;

        var answers = new DocumentAnswer[pieces.Length];
        var unreadable = new List<string>();
        var addressed = await Address(kind, pieces, cancellationToken);
        await Parallel.ForEachAsync(addressed.GroupBy(a => a.Target, StringComparer.Ordinal), new ParallelOptions { MaxDegreeOfParallelism = options.ParcelsAtOnce, CancellationToken = cancellationToken }, async (group, token) =>
        {
            var members = group.ToArray();
            if (group.Key.Length == 0)
            {
                foreach (var m in members)
                {
                    var problems = admitted.Problems[m.Piece.Index];
                    lock (unreadable) unreadable.Add(string.Join(" ", problems.Select(p => p.Text)));
                    answers[m.Position] = new DocumentAnswer(kind, m.Piece.Document, null, await Refuse(kind, m.Piece.Document, problems, admitted.Sender, token));
                }
                return;
            }
            var submissions = new List<Submission>(members.Length);
            foreach (var m in members)
            {
                var problems = admitted.Problems[m.Piece.Index];
                var over = kind == DocumentKind.Order && problems.IsEmpty ? await KnownOver(m.Piece.Document, record.Timestamp) : null;
                submissions.Add(new Submission(kind, m.Piece.Document, message.Transfer!, carrier, record.Timestamp, problems, over));
            }
            var replies = group.Key.StartsWith("w/", StringComparison.Ordinal)
                ? await grains.GetGrain<IWaitingGrain>(group.Key).Hold([.. submissions])
                : await grains.GetGrain<IParcelGrain>(group.Key).Submit([.. submissions]);
            for (var i = 0; i < members.Length; i++)
            {
                answers[members[i].Position] = new DocumentAnswer(kind, members[i].Piece.Document, group.Key.StartsWith("p/", StringComparison.Ordinal) ? group.Key : null, replies[i]);
                EngineMetrics.Document(kind, replies[i].Outcome);
            }
        });
        if (carrier is not null && answers.FirstOrDefault(a => a.Reply.Outcome == SubmissionOutcome.Refused) is { } member)
        {
            await grains.GetGrain<ISignedMessageGrain>(GrainKey.SignedMessage(message.Guid)).Refuse(new Problem("message-refused", kind, null, null,
                $"同一加签报文中的其他单证未受理({member.Reply.Problems.FirstOrDefault()?.Code}),整份报文不发送。Another document of the same signed message was refused ({member.Reply.Problems.FirstOrDefault()?.Code}); a signed message leaves as a whole. Correct it and send the message again."));
        }
        await Answer(record, new DoorAnswer([.. answers]));
        if (unreadable.Count > 0) throw new PoisonRecordException("key-unreadable", string.Join(" ", unreadable));
    }

    /// <summary>A document, or one line of an entry note: what goes to one parcel.</summary>
    /// <param name="Index">Position of the document in the message.</param>
    /// <param name="Document">The document.</param>
    /// <param name="MemberGuid">Its name inside a signed message.</param>
    readonly record struct Piece(int Index, CebDocument Document, string MemberGuid);

    readonly record struct Addressed(int Position, Piece Piece, string Target);

    static Piece[] Pieces(DocumentKind kind, CebMessage message)
    {
        if (kind != DocumentKind.Entry) return [.. message.Documents.Select((d, i) => new Piece(i, d, Guid(d)))];
        var note = message.Documents[0];
        if (note.LineCount == 0) return [new Piece(0, note, Guid(note))];
        return [.. Enumerable.Range(0, note.LineCount).Select(i => new Piece(0, note.WithLines([i]), Guid(note)))];

        static string Guid(CebDocument d) => d[d.Schema.Head.Find("guid")!] ?? "";
    }

    static AdmittedMessage RefuseAll(AdmittedMessage message, Problem wrong) => message with
    {
        Problems = [.. message.Problems.Select(p => p.IsEmpty
            ? [wrong with { Code = "message-refused", Line = null, Field = null, Text = $"同一加签报文中的其他单证有误,整份报文未受理。Another document of the same signed message is wrong ({wrong.Code}); correct it and send the message again." }]
            : p)],
    };

    /// <summary>Finds each piece's parcel, or the place where it waits for one; an empty target when its key cannot be read.</summary>
    async Task<Addressed[]> Address(DocumentKind kind, Piece[] pieces, CancellationToken cancellationToken)
    {
        var result = new Addressed[pieces.Length];
        if (kind is DocumentKind.Waybill or DocumentKind.WaybillStatus or DocumentKind.Entry)
        {
            var names = pieces.Select(p => WaybillName(kind, p.Document)).ToArray();
            var keys = names.SelectMany(n => n is null ? [] : n.Value.OrderNo is { } order
                ? new[] { IndexKey.Waybill(n.Value.Code, n.Value.Number), IndexKey.Order(order) }
                : [IndexKey.Waybill(n.Value.Code, n.Value.Number)]).Distinct(StringComparer.Ordinal).ToArray();
            var found = keys.Length == 0 ? new Dictionary<string, IReadOnlyList<string>>() : await index.Find(keys, fresh: false, cancellationToken);
            for (var i = 0; i < pieces.Length; i++)
            {
                var target = names[i] is not { } name ? ""
                    : WaybillPlace.Of(found.GetValueOrDefault(IndexKey.Waybill(name.Code, name.Number), []), name.OrderNo is { } order ? found.GetValueOrDefault(IndexKey.Order(order), []) : [])
                        ?? GrainKey.Waiting(name.Code, name.Number);
                result[i] = new Addressed(i, pieces[i], target);
            }
            return result;
        }
        for (var i = 0; i < pieces.Length; i++)
        {
            var head = pieces[i].Document.Schema.Head;
            var (ebp, order) = (pieces[i].Document[head.Find("ebpCode")!], pieces[i].Document[head.Find("orderNo")!]);
            result[i] = new Addressed(i, pieces[i], ebp is { Length: > 0 and <= 18 } && order is { Length: > 0 and <= 60 } ? GrainKey.Parcel(ebp, order) : "");
        }
        return result;
    }

    static (string Code, string Number, string? OrderNo)? WaybillName(DocumentKind kind, CebDocument d)
    {
        var (code, number, order) = kind switch
        {
            DocumentKind.Waybill => (d[LogisticsHead.LogisticsCode], d[LogisticsHead.LogisticsNo], d[LogisticsHead.OrderNo]),
            DocumentKind.WaybillStatus => (d[LogisticsStatus.LogisticsCode], d[LogisticsStatus.LogisticsNo], null),
            _ => (d[DeliveryHead.LogisticsCode], d.LineCount > 0 ? d[0, DeliveryList.LogisticsNo] : null, null),
        };
        return code is { Length: > 0 and <= 18 } && number is { Length: > 0 and <= 60 } && order is null or { Length: > 0 and <= 60 } ? (code, number, order) : null;
    }

    /// <summary>进口超额拦截: what this port knows of the buyer.</summary>
    async Task<OverLimit?> KnownOver(CebDocument order, DateTimeOffset at)
    {
        if (port.Interception == Interception.Off) return null;
        var subscriber = grains.GetGrain<ISubscriberGrain>(GrainKey.Subscriber(identity.Hash(order.Required(OrderHead.BuyerIdNumber))));
        var standing = await subscriber.Standing(CebTime.BeijingYear(at));
        return standing.KnownOver ? new OverLimit(standing.UsedFen, standing.LimitFen) : null;
    }

    /// <summary>A document without a readable key: its sender is told, and the record goes to the dead letters.</summary>
    async Task<SubmissionReply> Refuse(DocumentKind kind, CebDocument document, ImmutableArray<Problem> problems, Participant sender, CancellationToken cancellationToken)
    {
        if (problems.IsEmpty) problems = [new Problem("key-unreadable", kind, null, null, "单证缺少业务主键,无法归属包裹。The document has no readable key; no parcel can be found for it.")];
        var receipt = OwnReceipt.Refusal(kind, document, problems, time.GetUtcNow());
        await Send(receipt, sender, cancellationToken);
        EngineMetrics.Document(kind, SubmissionOutcome.Refused);
        return new SubmissionReply(SubmissionOutcome.Refused, null, receipt, problems, []);
    }

    /// <summary>A message refused as a whole: a receipt for each document whose key can be read, if the sender is one of ours.</summary>
    async Task Tell(RefusedMessage refused, CancellationToken cancellationToken)
    {
        LogRefused(refused.Reason, refused.Receiver?.Code ?? "unknown");
        if (refused is not { Message: { } message, Receiver: { } receiver } || DocumentKinds.OfMessage(message.Type) is not { } kind) return;
        var problem = new Problem(refused.Reason, kind, null, null, refused.Text);
        foreach (var document in message.Documents) await Send(OwnReceipt.Refusal(kind, document, [problem], time.GetUtcNow()), receiver, cancellationToken);
    }

    Task Send(CebDocument receipt, Participant receiver, CancellationToken cancellationToken) =>
        producer.Produce(receiver.Topic, null, CebWriter.Write(new CebMessage(receipt.Type, receipt[receipt.Schema.Head.Find("guid")!]!, "1.0", [receipt])), null, cancellationToken);

    async Task Answer(FeedRecord record, DoorAnswer answer)
    {
        if (record.Header(TopicNames.DoorHeader) is not { } door || record.Header(TopicNames.CorrelationHeader) is not { } correlation) return;
        try
        {
            await grains.GetGrain<IDoorGrain>(door).Answer(correlation, answer);
        }
        catch (Exception e)
        {
            // The asker gets 202 and the address of the parcel; the decision stands.
            LogDoor(e, door);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A message of {Sender} is refused: {Reason}.")]
    partial void LogRefused(string reason, string sender);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Door {Door} did not take an answer.")]
    partial void LogDoor(Exception e, string door);
}
