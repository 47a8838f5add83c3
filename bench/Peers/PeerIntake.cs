using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using Confluent.Kafka;
using Npgsql;

namespace ClearanceEngine.Bench.Peers;

/// <summary>
/// Records to inputs of parcels. Simpler than the engine's: there is one platform, so that a waybill names its parcel by
/// the order number; a receipt that comes before the one that gives its list a number is put off, in memory only.
/// </summary>
sealed class PeerIntake(Admission admission)
{
    static readonly CebLimits Limits = new();

    /// <summary>The inputs of some records, in their order, and lines of inbound notes whose parcel is not known yet.</summary>
    public async Task<(List<Addressed> Inputs, List<(string Name, byte[] Content)> Early)> Read(
        NpgsqlConnection connection,
        IReadOnlyCollection<ConsumeResult<Ignore, byte[]>> records
    )
    {
        var inputs = new List<Addressed>();
        var named = new List<(string[] Names, ParcelInput Input, ConsumeResult<Ignore, byte[]> Record)>();
        foreach (var record in records)
        {
            if (record.Topic == TopicNames.Receipts)
                named.AddRange(Receipts(record).Select(r => (r.Names, r.Input, record)));
            else
                Declarations(record, inputs, named);
        }
        var early = new List<(string, byte[])>();
        if (named.Count == 0)
            return (inputs, early);
        await PeerTables.Hold(
            connection,
            named.Where(n => n.Input is DocumentArrived).SelectMany(n => n.Names)
        );
        var found = await PeerTables.Find(connection, named.SelectMany(n => n.Names));
        foreach (var (names, input, record) in named)
        {
            string[] parcels =
            [
                .. names
                    .Select(n =>
                        ReceiptNames.IsParcel(n) ? [n] : found[n].Order(StringComparer.Ordinal).ToArray()
                    )
                    .FirstOrDefault(p => p.Length > 0, []),
            ];
            if (parcels.Length == 0 && input is DocumentArrived { Submission: var submission })
                early.Add((names[0], WriteEarly(submission)));
            else if (parcels.Length == 0)
                throw new TooEarlyException(record);
            for (var i = 0; i < parcels.Length; i++)
                inputs.Add(
                    new Addressed(
                        parcels[i],
                        input is ReceiptArrived { Answer: var answer }
                            ? new ReceiptArrived(answer with { HandOn = i == 0 })
                            : input
                    )
                );
        }
        return (inputs, early);
    }

    public static Submission ReadEarly(byte[] content)
    {
        var message = CebReader.Read(content, Limits);
        return new Submission(
            DocumentType.InboundNote,
            message.Documents[0],
            message.Transfer!,
            null,
            DateTimeOffset.UtcNow,
            []
        );
    }

    static byte[] WriteEarly(Submission submission) =>
        CebWriter.Write(SampleParcel.Message(submission.Document));

    static IEnumerable<(string[] Names, ParcelInput Input)> Receipts(ConsumeResult<Ignore, byte[]> record) =>
        CebReader
            .Read(record.Message.Value, Limits)
            .Documents.Select(r =>
                (
                    ReceiptNames.Of(r).ToArray(),
                    (ParcelInput)
                        new ReceiptArrived(new CustomsAnswer(r, record.Message.Timestamp.UtcDateTime))
                )
            );

    void Declarations(
        ConsumeResult<Ignore, byte[]> record,
        List<Addressed> inputs,
        List<(string[], ParcelInput, ConsumeResult<Ignore, byte[]>)> named
    )
    {
        if (!DeclarationTopic.TryParse(record.Topic, out var topic))
            throw new InvalidOperationException($"{record.Topic} is no topic of declarations.");

        // Completes at once: this token keeps its keys in memory.
        var (admitted, refused) = admission
            .Check(
                record.Message.Value,
                new(topic.Value, IsFromDoor: false),
                record.Message.Timestamp.UtcDateTime,
                Limits
            )
            .AsTask()
            .GetAwaiter()
            .GetResult();
        if (refused is not null)
            throw new InvalidOperationException(refused.Text);
        var message = admitted!.Message;
        var type = DocumentTypes.OfMessage(message.Type)!.Value;
        for (var i = 0; i < message.Documents.Length; i++)
        {
            var document = message.Documents[i];
            if (type == DocumentType.InboundNote)
            {
                for (var line = 0; line < document.LineCount; line++)
                    named.Add(
                        (
                            [
                                IndexKey.Waybill(
                                    document.Required(DeliveryHead.LogisticsCode),
                                    document[line, DeliveryList.LogisticsNo]!
                                ),
                            ],
                            Arrived(document.WithLines([line]), i),
                            record
                        )
                    );
                continue;
            }
            inputs.Add(
                new Addressed(
                    GrainKey.Parcels(document[document.Schema.Head.Find("orderNo")!]!),
                    Arrived(document, i)
                )
            );
        }

        DocumentArrived Arrived(CebDocument document, int index) =>
            new(
                new Submission(
                    type,
                    document,
                    message.Transfer!,
                    null,
                    record.Message.Timestamp.UtcDateTime,
                    admitted.Problems[index]
                )
            );
    }
}

/// <summary>A record with a receipt whose parcel is not known by that name yet.</summary>
sealed class TooEarlyException(ConsumeResult<Ignore, byte[]> record)
    : Exception("The receipt came before the one that names its parcel.")
{
    public ConsumeResult<Ignore, byte[]> Record => record;
}
