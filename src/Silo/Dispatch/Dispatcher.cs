using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// The silo's way out. Gathers documents into messages, has them signed, remembers each message before it is produced
/// (rule 3), produces it, and tells the parcels. What fails is tried a few times and then left to the scan: the debt
/// stays with its parcel.
/// </summary>
sealed partial class Dispatcher(
    DispatchOptions options,
    IParticipantRegistry participants,
    IServiceProvider services,
    IOutboundLog outbound,
    IKafkaProducer producer,
    [FromKeyedServices(Dispatcher.Receipts)] IKafkaProducer receipts,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<Dispatcher> logger
) : BackgroundService, IDispatch
{
    /// <summary>Key of the producer of receipts, whose batches gather longer.</summary>
    public const string Receipts = "receipts";

    readonly DispatchLane _documents = new(options, options.MessagesAtOnce, time, logger);
    readonly DispatchLane _words = new(options, options.HandOnsAtOnce, time, logger);

    public bool TryHand(string parcelKey, Owed owed) =>
        (owed is OwedReceipt or OwedQuery ? _words : _documents).TryAdd(new Debt(parcelKey, owed));

    /// <summary>Produces messages again that were claimed but never finished: the same bytes under the same guid.</summary>
    public async Task Recover(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        foreach (var message in await outbound.Unfinished(before, limit, cancellationToken))
        {
            LogRecovered(message.MessageType, message.Guid, message.Members.Length);
            await Finish(message, cancellationToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_documents.Drain(options.DrainTime), _words.Drain(options.DrainTime));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SendDocuments(stoppingToken), HandOnWords(stoppingToken));

    async Task SendDocuments(CancellationToken stopping)
    {
        await foreach (var batch in _documents.Batches(stopping))
        {
            foreach (
                var gathered in Gathering.Group(
                    batch
                        .Where(b => b.Owed is OwedDocument { Carrier: null })
                        .Select(b => new Handed(b.Key, (OwedDocument)b.Owed)),
                    options.DocumentsPerMessage
                )
            )
                await _documents.Start(gathered.Kind.ToString(), token => Send(gathered, token), stopping);
            foreach (var (key, owed) in batch)
            {
                switch (owed)
                {
                    case OwedDocument { Carrier: { } carrier } document:
                        await _documents.Start(
                            "carried document",
                            token =>
                                grains
                                    .Grain<ISignedMessageGrain>(GrainKey.SignedMessage(carrier))
                                    .Ready(MemberGuid(document), key, document.Id),
                            stopping
                        );
                        break;
                    case OwedMessage message:
                        await _documents.Start(
                            "signed message",
                            token => SendSigned(message, token),
                            stopping
                        );
                        break;
                }
            }
        }
    }

    async Task HandOnWords(CancellationToken stopping)
    {
        await foreach (var batch in _words.Batches(stopping))
        {
            foreach (var parcel in batch.GroupBy(b => b.Key, StringComparer.Ordinal))
                await _words.Start(
                    "receipts",
                    token => HandOn(parcel.Key, [.. parcel.Select(p => p.Owed)], token),
                    stopping
                );
        }
    }

    static string MemberGuid(OwedDocument document) =>
        document.Document[document.Document.Schema.Head.Find("guid")!] ?? "";

    async Task Send(Gathered gathered, CancellationToken cancellationToken)
    {
        var sender = participants.Find(gathered.Sender);
        if (sender is null)
        {
            await Settle(
                gathered,
                new Problem(
                    "sender-unknown",
                    gathered.Kind,
                    null,
                    "copCode",
                    $"企业 {gathered.Sender} 已不在登记中。{gathered.Sender} is no longer registered; register it and send the document again."
                )
            );
            return;
        }
        var message = Gathering.Message(gathered, sender);
        byte[] body = CebWriter.Write(message);
        if (sender.Signing != SigningMode.None)
        {
            try
            {
                body = await services
                    .GetRequiredService<IMessageSigner>()
                    .Sign(body, sender.Code, cancellationToken);
            }
            catch (UnknownSigningKeyException e)
            {
                await Settle(
                    gathered,
                    new Problem(
                        "signing-key-missing",
                        gathered.Kind,
                        null,
                        null,
                        $"平台没有企业 {sender.Code} 的云加签密钥。{e.Message}"
                    )
                );
                return;
            }
        }
        var row = new OutboundMessage(
            message.Guid,
            message.Schema.Root,
            sender.Code,
            [.. gathered.Documents.Select(d => d.Member)],
            body,
            time.GetUtcNow()
        );
        var claim = await outbound.Claim(row, cancellationToken);
        if (claim.Message is { } claimed)
        {
            await Finish(claimed, cancellationToken);
            return;
        }
        // Another message has them; the others go without. Where it has left and the parcel does not know, that got lost in a crash.
        var taken = claim.Taken.Select(t => t.Member).ToHashSet();
        foreach (
            var left in claim.Taken.Where(t => t.HasLeft).GroupBy(t => t.MessageGuid, StringComparer.Ordinal)
        )
            await Settle(left.Key, left.Select(t => t.Member));
        var rest = gathered with { Documents = gathered.Documents.RemoveAll(d => taken.Contains(d.Member)) };
        if (rest.Documents.Length > 0)
            await Send(rest, cancellationToken);
    }

    async Task SendSigned(OwedMessage message, CancellationToken cancellationToken)
    {
        var row = new OutboundMessage(
            message.Id,
            message.MessageType,
            message.Sender,
            message.Members,
            message.Body,
            time.GetUtcNow()
        );
        var claim = await outbound.Claim(row, cancellationToken);
        if (claim.Message is { } claimed)
            await Finish(claimed, cancellationToken);
        else
            await Settle(
                message.Id,
                claim.Taken.Where(t => t.HasLeft && t.MessageGuid == message.Id).Select(t => t.Member)
            );
        await grains.Grain<ISignedMessageGrain>(GrainKey.SignedMessage(message.Id)).Sent();
    }

    async Task Finish(OutboundMessage message, CancellationToken cancellationToken)
    {
        await producer.Produce(
            TopicNames.Outbound,
            Encoding.UTF8.GetBytes(message.Sender),
            message.Body,
            new Headers { { TopicNames.MessageHeader, Encoding.UTF8.GetBytes(message.Guid) } },
            cancellationToken
        );
        EngineMetrics.Sent(message.MessageType, message.Members.Length);
        await Settle(message.Guid, message.Members);
        await outbound.Finished(message.Guid, cancellationToken);
    }

    Task Settle(string messageGuid, IEnumerable<OutboundMember> members) =>
        Task.WhenAll(
            members
                .GroupBy(m => m.GrainKey, StringComparer.Ordinal)
                .Select(p =>
                    grains
                        .Grain<IParcelGrain>(p.Key)
                        .Settle([.. p.Select(m => new Settlement(m.OwedId, time.GetUtcNow(), messageGuid))])
                )
        );

    Task Settle(Gathered gathered, Problem problem) =>
        Task.WhenAll(
            gathered
                .Documents.GroupBy(d => d.ParcelKey, StringComparer.Ordinal)
                .Select(p =>
                    grains
                        .Grain<IParcelGrain>(p.Key)
                        .Settle([
                            .. p.Select(d => new Settlement(d.Owed.Id, time.GetUtcNow(), null, problem)),
                        ])
                )
        );

    /// <summary>Receipts to participants and questions to customs of one parcel.</summary>
    async Task HandOn(string parcelKey, Owed[] debts, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            debts.Select(owed =>
                owed switch
                {
                    OwedReceipt receipt => Produce(parcelKey, receipt, cancellationToken),
                    OwedQuery query => producer.Produce(
                        TopicNames.Queries,
                        Encoding.UTF8.GetBytes(query.Key),
                        Question(query),
                        null,
                        cancellationToken
                    ),
                    _ => Task.CompletedTask,
                }
            )
        );
        var now = time.GetUtcNow();
        await grains.Grain<IParcelGrain>(parcelKey).Settle([.. debts.Select(d => new Settlement(d.Id, now))]);
    }

    Task Produce(string parcelKey, OwedReceipt owed, CancellationToken cancellationToken)
    {
        var receipt = owed.Receipt;
        var guid = receipt[receipt.Schema.Head.Find("guid")!] ?? "";
        if (participants.Find(owed.Receiver) is not { } receiver)
        {
            // Nobody to tell: kept with the parcel, where whoever asks sees it.
            LogNoReceiver(owed.Receiver);
            return Task.CompletedTask;
        }
        EngineMetrics.HandedOn();
        var words = ReceiptText.Masked(receipt, GrainKey.ParseParcel(parcelKey)?.OrderNo);
        return receipts.Produce(
            receiver.Topic,
            Encoding.UTF8.GetBytes(guid),
            CebWriter.Write(new CebMessage(receipt.Type, guid, "1.0", [words])),
            null,
            cancellationToken
        );
    }

    static byte[] Question(OwedQuery query) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = query.Kind.MessageType() is var t ? CebSchema.Of(t).Root : "",
                key = query.Key,
                attempt = query.Attempt,
            }
        );

    public override void Dispose()
    {
        _documents.Dispose();
        _words.Dispose();
        base.Dispose();
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Message} {Guid} with {Members} documents was claimed and not finished; it is produced again."
    )]
    partial void LogRecovered(string message, string guid, int members);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A receipt for {Receiver} stays with its parcel: no such participant is registered."
    )]
    partial void LogNoReceiver(string receiver);
}
