using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Door;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Reads what lies on a receipts topic as events. Nothing is passed over: a record that cannot be read is an event that says only that there is one.</summary>
static class ReceiptEvents
{
    /// <summary>Fields by which receipts name documents.</summary>
    static readonly string[] Numbers =
    [
        "ebpCode",
        "ebcCode",
        "orderNo",
        "payCode",
        "payTransactionId",
        "logisticsCode",
        "logisticsNo",
        "agentCode",
        "copNo",
        "preNo",
        "invtNo",
        "operatorCode",
        "taxNo",
    ];

    static readonly Dictionary<string, string> NoNumbers = [];

    /// <summary>The event, of which cursor and participant are its reader's to fill in.</summary>
    public static ChangeEvent Of(DateTimeOffset at, ReadOnlyMemory<byte> value)
    {
        try
        {
            return CebParser.Read(value).Documents is [var receipt, ..] ? Of(at, receipt) : Unreadable(at);
        }
        catch (CebFormatException)
        {
            return Unreadable(at);
        }
    }

    /// <summary>The same of a record as the client has it.</summary>
    public static ChangeEvent Of(ConsumeResult<byte[]?, byte[]?> record) =>
        Of(new DateTimeOffset(record.Message.Timestamp.UtcDateTime), record.Message.Value);

    static ChangeEvent Unreadable(DateTimeOffset at) =>
        new("", at, "", null, null, NoNumbers, null, null, null, null, null, null, null);

    static ChangeEvent Of(DateTimeOffset at, CebDocument receipt)
    {
        var key = Numbers
            .Select(name => (Name: name, Value: Text(receipt, name)))
            .Where(number => number.Value is { Length: > 0 })
            .ToDictionary(number => number.Name, number => number.Value!, StringComparer.Ordinal);
        var (guid, status, type) = (
            Text(receipt, "guid"),
            Text(receipt, "returnStatus"),
            DocumentTypes.OfReceipt(receipt.Type)
        );
        return new ChangeEvent(
            Cursor: "",
            at,
            Participant: "",
            receipt.Schema.Root,
            type,
            key,
            guid,
            status,
            Text(receipt, "returnInfo") is { } info ? IdNumbers.Mask(info, key.Values) : null,
            Text(receipt, "returnTime"),
            SourceOf(guid),
            type == DocumentType.DeclarationList && CustomsCode.Parse(status) is { } code
                ? CustomsCode.StatusOf(code)
                : null,
            ParcelLinks.Of(receipt.Type, key)
        );
    }

    static ReceiptSource SourceOf(string? guid) =>
        guid is not null && OwnReceipt.IsOurs(guid) ? ReceiptSource.Engine : ReceiptSource.Customs;

    static string? Text(CebDocument receipt, string name) =>
        receipt.Schema.Head.Find(name) is { } field ? receipt[field] : null;
}
