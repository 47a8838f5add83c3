using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Waiting;

namespace ClearanceEngine.Silo.Intake;

/// <summary>A record of <c>customs.receipts</c>: each receipt to its parcel by the key that it echoes, one call a parcel.</summary>
sealed partial class ReceiptIntake(
    IGrainFactory grains,
    IDocumentIndex index,
    IOutboundLog outbound,
    IntakeOptions options,
    TimeProvider time,
    ILogger<ReceiptIntake> logger
) : IFeedHandler
{
    public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        CebMessage message;
        try
        {
            message = CebParser.Read(record.Value, options.Limits);
        }
        catch (CebFormatException e)
        {
            throw new PoisonRecordException(e.Code, e.Message);
        }
        if (message.Type == CebType.FormatError)
        {
            await FormatRefused(message.Documents[0], cancellationToken);
            return;
        }
        if (DocumentKinds.OfReceipt(message.Type) is null)
            throw new PoisonRecordException(
                "not-a-receipt",
                $"{message.Schema.Root} 不应出现在 {TopicNames.Receipts}。{message.Schema.Root} does not belong on {TopicNames.Receipts}; it takes receipts and tax bills."
            );

        var open = message.Documents.ToList();
        for (var attempt = 1; open.Count > 0 && attempt <= options.ReceiptLookups; attempt++)
        {
            if (attempt > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(50 << attempt), time, cancellationToken);
            open = await Place(open, record.Timestamp, cancellationToken);
        }
        // What names it is still on its way, or nobody here has it: it waits where it is durable.
        foreach (var receipt in open)
        {
            var name = ReceiptNames.Of(receipt).FirstOrDefault()
                ?? throw new PoisonRecordException(
                    "key-unreadable",
                    $"{message.Schema.Root} 的回执没有业务主键,无法归属包裹。A receipt of this {message.Schema.Root} names no document; it cannot belong to any parcel. Ask customs for it again."
                );
            LogWaits(message.Schema.Root, name);
            await grains
                .Grain<IWaitingReceiptGrain>(GrainKey.WaitingReceipt(name))
                .Hold(new CustomsAnswer(receipt, record.Timestamp));
        }
    }

    /// <summary>Gives receipts to their parcels; returns those whose parcel is not known.</summary>
    async Task<List<CebDocument>> Place(
        List<CebDocument> receipts,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var names = receipts.Select(r => ReceiptNames.Of(r).ToArray()).ToArray();
        var keys = names
            .SelectMany(n => n)
            .Where(n => !ReceiptNames.IsParcel(n))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        var found =
            keys.Length == 0
                ? new Dictionary<string, IReadOnlyList<string>>()
                : await index.Find(keys, fresh: false, cancellationToken);
        var byParcel = new Dictionary<string, List<CustomsAnswer>>(StringComparer.Ordinal);
        var unknown = new List<CebDocument>();
        for (var i = 0; i < receipts.Count; i++)
        {
            var parcels = ReceiptNames.Parcels(names[i], found);
            if (parcels.Count == 0)
                unknown.Add(receipts[i]);
            // Many parcels share the receipt of an entry note; the first in order hands it on, for all.
            for (var p = 0; p < parcels.Count; p++)
            {
                if (!byParcel.TryGetValue(parcels[p], out var answers))
                    byParcel[parcels[p]] = answers = [];
                answers.Add(new CustomsAnswer(receipts[i], at, HandOn: p == 0));
            }
            EngineMetrics.Receipt(receipts[i].Schema.Root);
        }
        await Parallel.ForEachAsync(
            byParcel,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = options.ParcelsAtOnce,
                CancellationToken = cancellationToken,
            },
            async (p, _) =>
            {
                if (await grains.Grain<IParcelGrain>(p.Key).Receive([.. p.Value]))
                    return;
                lock (unknown)
                    unknown.AddRange(p.Value.Select(a => a.Receipt));
            }
        );
        return unknown;
    }

    /// <summary>CEB900: of a gathered message, each document goes again by itself; a document that went alone is the one at fault.</summary>
    async Task FormatRefused(CebDocument error, CancellationToken cancellationToken)
    {
        var guid = error[MessageReturn.OriCopMsgId] ?? "";
        if (await outbound.Find(guid, cancellationToken) is not { } message)
            throw new PoisonRecordException(
                "message-unknown",
                $"CEB900 所指报文 {Clip.Quote(guid)} 并非本系统发出。CEB900 speaks of message {Clip.Quote(guid)} (oriCopMsgId), which this engine did not send; find out who did."
            );
        await outbound.Finished(guid, cancellationToken);
        var kind = CebSchema.OfRoot(message.MessageType) is { } schema
            ? DocumentKinds.OfMessage(schema.Type)!.Value
            : DocumentKind.List;
        var alone = message.Members.Length == 1;
        var problem = new Problem(
            "format-refused",
            kind,
            null,
            null,
            $"海关报文格式校验未通过({error[MessageReturn.ReturnStatus]}):{error[MessageReturn.ReturnInfo]}。Customs refused the format of the message ({error[MessageReturn.ReturnStatus]}); correct the document and send it again."
        );
        foreach (var member in message.Members.GroupBy(m => m.GrainKey, StringComparer.Ordinal))
            await grains
                .Grain<IParcelGrain>(member.Key)
                .FormatRefused([.. member.Select(m => m.OwedId)], alone ? problem : null);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A receipt of a {Message} came before its parcel is known as {Name}; it waits."
    )]
    partial void LogWaits(string message, string name);
}
