using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// What a record of <c>customs.receipts</c> is to hand on: it is done when its receipts are handed on (ADR 023). A
/// receiver that is away holds up no record, for what it cannot be given now goes into the outbox of its parcel.
/// </summary>
sealed class RecordHandOns(
    ReceiptSender sender,
    BrokerCheck broker,
    IDispatchGrains grains,
    DispatchOptions options,
    TimeProvider time
)
{
    /// <summary>Returns when each is with its receiver, or stored in an outbox.</summary>
    /// <exception cref="KafkaUnavailableException">The broker as a whole is away: the record is tried again.</exception>
    public async Task Deliver(IEnumerable<ParcelHandOn> due, CancellationToken cancellationToken)
    {
        var undelivered = await Undelivered(due, cancellationToken);
        if (undelivered.Count == 0)
            return;

        if (await broker.IsAway(cancellationToken))
            throw new KafkaUnavailableException(
                "Kafka does not answer, so receipts of customs cannot be handed on; their record is taken again when it is back."
            );
        await Task.WhenAll(
            undelivered
                .GroupBy(d => d.Parcel, d => d.HandOn, StringComparer.Ordinal)
                .Select(parcel => grains.Parcel(parcel.Key).PutOff([.. parcel]))
        );
    }

    async Task<List<ParcelHandOn>> Undelivered(
        IEnumerable<ParcelHandOn> due,
        CancellationToken cancellationToken
    )
    {
        // Two receipts that say the same, of one record, are handed on once.
        var handed = due.Select(d => (Due: d, Entry: EntryOf(d)))
            .DistinctBy(h => (h.Entry.Key, h.Entry.Effect.Id))
            .ToList();
        foreach (var (_, entry) in handed)
        {
            if (!sender.TryTake(entry))
                entry.Ticket.GiveUp();
        }
        try
        {
            await Task.WhenAll(handed.Select(h => h.Entry.Ticket.Outcome))
                .WaitAsync(options.HandOnTime, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is just leaving leaves again, under the same guid; the rest does not leave twice.
            foreach (var (_, entry) in handed)
                entry.Ticket.Abandon();
        }
        return [.. handed.Where(h => !IsDelivered(h.Entry.Ticket)).Select(h => h.Due)];
    }

    OutboxEntry EntryOf(ParcelHandOn due) =>
        new(due.Parcel, due.HandOn.AsEffect(time.GetUtcNow()), new EffectTicket());

    static bool IsDelivered(EffectTicket ticket) =>
        ticket.Outcome is { IsCompletedSuccessfully: true, Result: not null };
}
