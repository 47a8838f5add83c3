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
    readonly DispatchLane _toSign = Lane(options, options.Linger, time, logger),
        _asTheyAre = Lane(options, options.Linger, time, logger);

    /// <summary>Lines of inbound notes gather longer, and hold up nothing else meanwhile.</summary>
    readonly DispatchLane _notesToSign = Lane(options, options.InboundNotesLinger, time, logger),
        _notesAsTheyAre = Lane(options, options.InboundNotesLinger, time, logger);

    DispatchLane[] Lanes => [_toSign, _asTheyAre, _notesToSign, _notesAsTheyAre];

    public bool TryTake(string key, Effect effect, EffectTicket ticket)
    {
        var entry = new OutboxEntry(key, effect, ticket);
        return effect switch
        {
            ForwardReceipt or AskCustoms => receipts.TryTake(entry),
            DispatchDocument { SignedMessageGuid: null } document => LaneOf(document).TryAdd(entry),
            _ => _asTheyAre.TryAdd(entry),
        };
    }

    DispatchLane LaneOf(DispatchDocument document)
    {
        var needsToken = NeedsToken(document.Sender);
        if (document.Type == DocumentType.InboundNote)
            return needsToken ? _notesToSign : _notesAsTheyAre;
        return needsToken ? _toSign : _asTheyAre;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll([
            .. Lanes.Select(lane => lane.Drain(options.DrainTime)),
            receipts.Drain(options.DrainTime),
        ]);
    }

    public override void Dispose()
    {
        foreach (var lane in Lanes)
            lane.Dispose();
        base.Dispose();
    }

    /// <summary>Fails with the first lane that fails, so that the host hears of it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task[] lanes =
        [
            .. Lanes.Select(lane => SendDocuments(lane, stoppingToken)),
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
                grains.SignedMessage(messageGuid).Ready(document.Document.Guid, entry.Key, document.Id),
            _ => null,
        };

    bool NeedsToken(string sender) => participants.Find(sender) is { Signing: not SigningMode.None };

    static DispatchLane Lane(DispatchOptions options, TimeSpan linger, TimeProvider time, ILogger logger) =>
        new(options, linger, options.QueueLimit, options.MessagesAtOnce, options.Attempts, time, logger);
}
