using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests;

/// <summary>A whole message of every type that the engine knows, about one bonded parcel of invented companies and people.</summary>
static class ExampleMessages
{
    static readonly DateTimeOffset At = new(2026, 11, 11, 2, 0, 0, TimeSpan.Zero);

    public static IReadOnlyDictionary<CebType, CebMessage> Make()
    {
        var parcel = Parcel("1210");
        var messages = new Dictionary<CebType, CebMessage>();
        var office = new CustomsOffice(
            new CustomsSimulatorOptions
            {
                DuplicateRate = 0,
                ReorderRate = 0,
                VerifySignatures = false,
            }
        );

        foreach (
            var document in (CebDocument[])[parcel.Order(), parcel.Payment(), parcel.Waybill(), parcel.List()]
        )
            Send(document);
        var number = messages[CebType.DeclarationListReceipt].Documents[0].Required(InventoryReturn.InvtNo);
        Send(parcel.Cancellation(number));
        Send(parcel.Return(number, (1, 1)));
        var direct = Parcel("9610");
        foreach (var receipt in office.Receive(CebWriter.Write(SampleParcel.Message(direct.List())), At))
            messages.TryAdd(receipt.Message.Type, receipt.Message);
        Send(direct.InboundNote());

        // What neither the samples nor the simulated customs send is filled from what the others say.
        foreach (var schema in CebSchema.All.Where(s => !messages.ContainsKey(s.Type)))
            messages[schema.Type] = Filled(schema, messages.Values);
        return messages;

        void Send(CebDocument document)
        {
            var message = SampleParcel.Message(document);
            messages.Add(document.Type, message);
            // The last receipt of a document is the one that says most.
            foreach (var receipt in office.Receive(CebWriter.Write(message), At).OrderBy(r => r.Due))
                messages[receipt.Message.Type] = receipt.Message;
        }
    }

    static SampleParcel Parcel(string mode) =>
        new()
        {
            OrderNo = $"EXAMPLE-{mode}-0001",
            Mode = mode,
            Person = 1,
            Serial = $"2026111100{mode}",
            At = At,
        };

    static CebMessage Filled(CebSchema schema, IEnumerable<CebMessage> others)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var document in others.SelectMany(m => m.Documents))
        {
            foreach (var field in document.Schema.Head.Fields)
            {
                if (document[field] is { Length: > 0 } value)
                    known.TryAdd(field.Name, value);
            }
        }

        var guid = UuidV5.Of(["example", schema.Root]);
        var head = schema
            .Head.Fields.Where(f => f.Presence != Presence.Optional)
            .Select(f => (f, (string?)(f.Name == "guid" ? guid : Value(schema, f, known))))
            .ToArray();
        var filled = CebDocument.Create(schema.Type, head);
        return schema.IsDeclaration
            ? SampleParcel.MessageFrom(SampleParcel.Carrier, filled)
            : new CebMessage(schema.Type, guid, "1.0", [filled]);
    }

    static string Value(CebSchema schema, CebField field, Dictionary<string, string> known) =>
        (schema.Type == CebType.FormatError ? OfFormatError(field) : null) ?? Value(field, known);

    static string? OfFormatError(CebField field) =>
        field.Name switch
        {
            "returnStatus" => "-10",
            "returnInfo" => "报文格式校验未通过：CEB311Message 缺少 BaseTransfer",
            "oriMessageType" => "CEB311Message",
            "oriBizMessage" =>
                """<ceb:CEB311Message xmlns:ceb="http://www.chinaport.gov.cn/ceb">…</ceb:CEB311Message>""",
            _ => null,
        };

    static string Value(CebField field, Dictionary<string, string> known) =>
        field.Name switch
        {
            "logisticsStatus" => "S",
            "oriCopMsgId" => UuidV5.Of(["example", "message"]),
            "returnStatus" => "2",
            "returnInfo" => "电子口岸申报中",
            _ when known.GetValueOrDefault(field.Name) is { } value && value.Length <= field.MaxLength =>
                value,
            _ => field.Kind switch
            {
                FieldKind.Choice => field.Choices[0],
                FieldKind.Number => "0",
                FieldKind.Integer => "1",
                FieldKind.Date => CebTime.Format(At)[..8],
                FieldKind.Time => CebTime.Format(At),
                FieldKind.TimeMillis => $"{CebTime.Format(At)}000",
                _ => new string('1', Math.Max(1, field.MinLength)),
            },
        };
}
