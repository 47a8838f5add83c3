using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using ClearanceEngine.Ceb;
using ClearanceEngine.Ceb.Customs;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// A record of <c>customs.receipts</c>: each receipt to its parcel by the key that it echoes, one call a parcel, and from there
/// to its receivers. Read liberally; what is no receipt is set aside, and a receipt that cannot be read harms only itself.
/// </summary>
sealed partial class ReceiptIntake(
    IDispatchGrains grains,
    IDocumentIndex index,
    FormatErrors formatErrors,
    IDeadLetters letters,
    RecordHandOns handOns,
    IntakeOptions options,
    TimeProvider time,
    ILogger<ReceiptIntake> logger
) : IFeedHandler
{
    readonly SeenKinds _seen = new();

    public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        switch (Read(record))
        {
            case CustomsReading.Other other:
                await SetAside(record, other, cancellationToken);
                break;
            case CustomsReading.Returns message:
                Remark(message);
                var faults = await Take(message, record, cancellationToken);
                if (faults.Count > 0)
                    throw Unreadable(message, faults);
                break;
        }
    }

    CustomsReading Read(FeedRecord record)
    {
        try
        {
            return CustomsReader.Read(record.Value, record.Timestamp, options.Limits);
        }
        catch (CebFormatException e)
        {
            throw new PoisonRecordException(e.Code, e.Message);
        }
    }

    /// <summary>Not a dead letter: there is nothing to mend, and dead letters must stay a list that somebody works off.</summary>
    async Task SetAside(FeedRecord record, CustomsReading.Other other, CancellationToken cancellationToken)
    {
        var letter = new DeadLetter(other.Code, other.Text, record.Attempt)
        {
            Headers = new Dictionary<string, string> { [TopicNames.KindHeader] = other.Kind },
        };
        await letters.Park(TopicNames.SetAside, record, letter, cancellationToken);
        EngineMetrics.SetAside(other.Code);
        if (_seen.IsNew(other.Kind))
            LogSetAside(other.Kind, other.Code, TopicNames.SetAside);
    }

    void Remark(CustomsReading.Returns message)
    {
        foreach (var remark in message.Remarks)
        {
            if (_seen.IsNew($"{message.Root} {remark}"))
                LogRemark(message.Root, remark);
        }
    }

    /// <summary>Takes what can be taken; returns what cannot.</summary>
    async Task<List<CebFormatException>> Take(
        CustomsReading.Returns message,
        FeedRecord record,
        CancellationToken cancellationToken
    )
    {
        var faults = message.Faults.ToList();
        var receipts = new List<CebDocument>();
        foreach (var answer in message.Answers)
        {
            EngineMetrics.Receipt(answer.Schema.Root);
            if (answer.Type == CebType.FormatError)
            {
                if (
                    await formatErrors.Apply(
                        answer,
                        record.Header(TopicNames.MessageHeader),
                        cancellationToken
                    ) is
                    { } unknown
                )
                    faults.Add(unknown);
            }
            else if (ReceiptNames.Of(answer).Any())
                receipts.Add(answer);
            else
                faults.Add(Nameless(answer));
        }

        await PlaceAndHandOn(receipts, record, cancellationToken);
        return faults;
    }

    /// <summary>What is stored is handed on though a neighbour in its record cannot be: that may fail at every try.</summary>
    async Task PlaceAndHandOn(
        List<CebDocument> receipts,
        FeedRecord record,
        CancellationToken cancellationToken
    )
    {
        var due = new ConcurrentQueue<ParcelHandOn>();
        ExceptionDispatchInfo? failure = null;
        try
        {
            foreach (var receipt in await Place(receipts, record, due, cancellationToken))
                await Hold(receipt, record.Timestamp);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
        await handOns.Deliver(due, cancellationToken);
        failure?.Throw();
    }

    /// <summary>Gives receipts to their parcels, with a few looks for those that are just on their way; returns those whose parcel is not known.</summary>
    async Task<List<CebDocument>> Place(
        List<CebDocument> receipts,
        FeedRecord record,
        ConcurrentQueue<ParcelHandOn> due,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; receipts.Count > 0 && attempt <= options.ReceiptLookups; attempt++)
        {
            if (attempt > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), time, cancellationToken);
            receipts = await PlaceOnce(receipts, record.Timestamp, due, cancellationToken);
        }
        return receipts;
    }

    async Task<List<CebDocument>> PlaceOnce(
        List<CebDocument> receipts,
        DateTimeOffset at,
        ConcurrentQueue<ParcelHandOn> due,
        CancellationToken cancellationToken
    )
    {
        var found = await Find(receipts, cancellationToken);
        var byParcel = new Dictionary<string, List<CustomsAnswer>>(StringComparer.Ordinal);
        var taken = new ConcurrentDictionary<CebDocument, bool>(ReferenceEqualityComparer.Instance);
        foreach (var receipt in receipts)
        {
            var parcels = ReceiptNames.Parcels(receipt, found);
            if (parcels.Count > 1 && receipt.Type != CebType.InboundNoteReceipt)
            {
                // Rare: one after the other, so that it is handed on for the first that takes it.
                if (await Deliver(receipt, at, parcels) is { } of)
                {
                    taken[receipt] = true;
                    foreach (var handOn in of)
                        due.Enqueue(handOn);
                }
                continue;
            }
            // Many parcels share the receipt of an inbound note; it is handed on for the first in order.
            for (var p = 0; p < parcels.Count; p++)
            {
                if (!byParcel.TryGetValue(parcels[p], out var answers))
                    byParcel[parcels[p]] = answers = [];
                answers.Add(new CustomsAnswer(receipt, at, HandOn: p == 0));
            }
        }

        await Parallel.ForEachAsync(
            byParcel,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = options.ParcelsAtOnce,
                CancellationToken = cancellationToken,
            },
            (p, _) => new ValueTask(Receive(p.Key, p.Value, taken, due))
        );
        return [.. receipts.Where(receipt => !taken.ContainsKey(receipt))];
    }

    Task<IReadOnlyList<ParcelHandOn>?> Deliver(
        CebDocument receipt,
        DateTimeOffset at,
        IReadOnlyList<string> parcels
    ) => ReceiptDelivery.Deliver(new CustomsAnswer(receipt, at), parcels, grains.Parcel);

    async Task Receive(
        string parcel,
        List<CustomsAnswer> answers,
        ConcurrentDictionary<CebDocument, bool> taken,
        ConcurrentQueue<ParcelHandOn> due
    )
    {
        var replies = await grains.Parcel(parcel).Receive([.. answers]);
        for (var i = 0; i < answers.Count; i++)
        {
            if (replies[i].IsTaken)
                taken[answers[i].Receipt] = true;
            foreach (var handOn in replies[i].HandOns)
                due.Enqueue(new ParcelHandOn(parcel, handOn));
        }
    }

    async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Find(
        List<CebDocument> receipts,
        CancellationToken cancellationToken
    )
    {
        var keys = receipts
            .SelectMany(ReceiptNames.Of)
            .Where(n => !ReceiptNames.IsParcel(n))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return keys.Length == 0
            ? new Dictionary<string, IReadOnlyList<string>>()
            : await index.Find(keys, fresh: false, cancellationToken);
    }

    /// <summary>What names it is still on its way, or nobody here has it: it waits where it is durable.</summary>
    Task Hold(CebDocument receipt, DateTimeOffset at)
    {
        var name = ReceiptNames.Of(receipt).First();
        LogWaits(receipt.Schema.Root, name);
        return grains.UnmatchedReceipts(name).Hold(new CustomsAnswer(receipt, at));
    }

    static CebFormatException Nameless(CebDocument receipt) =>
        new(
            ProblemCode.KeyUnreadable,
            $"{receipt.Schema.Root} 的回执没有业务主键，无法归属包裹。A receipt of this {receipt.Schema.Root} names no document; it cannot belong to any parcel. Ask customs for it again."
        );

    /// <summary>The record stays with the dead letters for what could not be taken of it; what was taken does not mind a retry.</summary>
    static PoisonRecordException Unreadable(CustomsReading.Returns message, List<CebFormatException> faults)
    {
        var taken = message.Answers.Length + message.Faults.Length - faults.Count;
        var rest =
            taken > 0
                ? $" 其余 {taken} 个回执已处理。The other {taken} of this message were taken, and a retry does them no harm."
                : "";
        return new PoisonRecordException(
            faults[0].Code,
            string.Join(" ", faults.Select(f => f.Message)) + rest
        );
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A receipt of a {Message} came before its parcel is known as {Name}; it waits."
    )]
    partial void LogWaits(string message, string name);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Kind} came among the receipts of customs and is none ({Reason}): such messages are set aside on {Topic}. Told once a kind."
    )]
    partial void LogSetAside(string kind, string reason, string topic);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Message} of customs is not as the schema has it: {Remark}. It was taken without; told once a kind."
    )]
    partial void LogRemark(string message, string remark);
}
