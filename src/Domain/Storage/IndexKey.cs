namespace ClearanceEngine.Storage;

/// <summary>
/// The names a document is known by, as keys of the index of documents. Parts are escaped
/// (<see cref="GrainKey.Escape"/>), so that no two different names can collide.
/// </summary>
public static class IndexKey
{
    /// <summary>Payment company and transaction number (CEB411, 412).</summary>
    public static string Payment(string payCode, string payTransactionId) =>
        Join("pay", payCode, payTransactionId);

    /// <summary>Logistics company and waybill number (CEB511, 512, 513, 711).</summary>
    public static string Waybill(string logisticsCode, string logisticsNo) =>
        Join("wb", logisticsCode, logisticsNo);

    /// <summary>A waybill that a list names while its parcel has not got it (ADR 018).</summary>
    public static string ListedWaybill(string logisticsCode, string logisticsNo) =>
        Join("wb-list", logisticsCode, logisticsNo);

    /// <summary>The declarant's own number of a list (CEB621, 622).</summary>
    public static string ListCopNo(string agentCode, string copNo) => Join("cop", agentCode, copNo);

    /// <summary>The E-Port's pre-entry number (CEB622, 624, 626).</summary>
    public static string PreNo(string preNo) => Join("pre", preNo);

    /// <summary>The list number given by customs (CEB622, 623, 625, 816, 818).</summary>
    public static string InvtNo(string invtNo) => Join("inv", invtNo);

    /// <summary>Site operator and its own number of an inbound note (CEB711, 712); many parcels share one.</summary>
    public static string InboundNote(string operatorCode, string copNo) => Join("ent", operatorCode, copNo);

    /// <summary>The name by which a document's receipts find it; null where a part of its key is missing, and for an order, whose number is the key of its parcels.</summary>
    public static string? Of(DocumentKey key)
    {
        if (!key.IsWhole)
            return null;
        return key.Type switch
        {
            DocumentType.Payment => Payment(key.Issuer, key.Number),
            DocumentType.Waybill or DocumentType.WaybillStatus => Waybill(key.Issuer, key.Number),
            DocumentType.InboundNote => InboundNote(key.Issuer, key.Number),
            DocumentType.Order => null,
            _ => ListCopNo(key.Issuer, key.Number),
        };
    }

    /// <summary>Somebody waits for a parcel with this waybill.</summary>
    public static string UnmatchedByWaybill(string logisticsCode, string logisticsNo) =>
        Join("wait-wb", logisticsCode, logisticsNo);

    static string Join(string kind, string a) => $"{kind}/{GrainKey.Escape(a)}";

    static string Join(string kind, string a, string b) =>
        $"{kind}/{GrainKey.Escape(a)}/{GrainKey.Escape(b)}";
}
