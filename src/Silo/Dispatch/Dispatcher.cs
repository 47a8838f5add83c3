using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.SignedMessages;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// The silo's way out: sorts what is in the outbox into lanes and has it sent. What fails is tried a few times and then left to the
/// scan: the effect stays with its parcel.
/// </summary>
sealed class Dispatcher(
    DispatchOptions options,
    IParticipantRegistry participants,
    DocumentSender documents,
    ReceiptSender receipts,
    IDispatchGrains grains,
    TimeProvider time,
    ILogger<Dispatcher> logger
) : BackgroundService, IOutboxDispatcher
{
    /// <summary>Key of the producer of receipts, whose batches gather longer.</summary>
    public const string Receipts = "receipts";

    /// <summary>What needs the signing token does not hold up what needs none.</summary>
    readonly DispatchLane _toSign = Lane(options, time, logger),
        _asTheyAre = Lane(options, time, logger);

    public bool TryTake(string key, Effect effect, EffectTicket ticket)
    {
        var entry = new OutboxEntry(key, effect, ticket);
        return effect switch
        {
            ForwardReceipt or AskCustoms => receipts.TryTake(entry),
            DispatchDocument { SignedMessageGuid: null } document when NeedsToken(document.Sender) =>
                _toSign.TryAdd(entry),
            _ => _asTheyAre.TryAdd(entry),
        };
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(
            _toSign.Drain(options.DrainTime),
            _asTheyAre.Drain(options.DrainTime),
            receipts.Drain(options.DrainTime)
        );
    }

    public override void Dispose()
    {
        _toSign.Dispose();
        _asTheyAre.Dispose();
        base.Dispose();
    }

    /// <summary>Fails with the first lane that fails, so that the host hears of it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task[] lanes =
        [
            SendDocuments(_toSign, stoppingToken),
            SendDocuments(_asTheyAre, stoppingToken),
            receipts.Run(stoppingToken),
        ];
        await foreach (var ended in Task.WhenEach(lanes))
            await ended;
    }

    async Task SendDocuments(DispatchLane lane, CancellationToken stopping)
    {
        await foreach (var batch in lane.Batches(stopping))
        {
            foreach (var gathered in Gather(batch))
                await lane.Start(gathered.Type.Name(), token => documents.Send(gathered, token), stopping);
            foreach (var entry in batch)
            {
                if (Work(entry) is { } work)
                    await lane.Start("signed message", work, stopping);
            }
        }
    }

    IEnumerable<Gathered> Gather(IReadOnlyList<OutboxEntry> batch) =>
        Gathering.Group(
            batch
                .Where(b => b.Effect is DispatchDocument { SignedMessageGuid: null })
                .Select(b => new DispatchItem(b.Key, (DispatchDocument)b.Effect, b.Ticket)),
            options.DocumentsPerMessage,
            options.DocumentBytes
        );

    /// <summary>What concerns messages that participants signed; null for anything else.</summary>
    Func<CancellationToken, Task>? Work(OutboxEntry entry) =>
        entry.Effect switch
        {
            SendSignedMessage message => token => documents.SendSigned(message, token),
            DispatchDocument { SignedMessageGuid: { } messageGuid } document => _ =>
                grains.SignedMessage(messageGuid).Ready(MemberGuid(document), entry.Key, document.Id),
            _ => null,
        };

    bool NeedsToken(string sender) => participants.Find(sender) is { Signing: not SigningMode.None };

    static string MemberGuid(DispatchDocument document) =>
        document.Document[document.Document.Schema.Head.Find("guid")!] ?? "";

    static DispatchLane Lane(DispatchOptions options, TimeProvider time, ILogger logger) =>
        new(options, options.QueueLimit, options.MessagesAtOnce, options.Attempts, time, logger);
}
