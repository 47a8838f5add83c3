using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Addresses of the parcel of a receipt, by what the receipt itself names: no look at any store, so no grain is woken for an event.</summary>
static class ParcelLinks
{
    /// <param name="type">Of the receipt.</param>
    /// <param name="key">The numbers that it names.</param>
    public static string? Of(CebType type, IReadOnlyDictionary<string, string> key)
    {
        string? Number(string name) => key.GetValueOrDefault(name);

        return type switch
        {
            CebType.OrderReceipt => Number("ebpCode") is { } ebpCode && Number("orderNo") is { } orderNo
                ? ParcelAddress.Of(new ParcelName(ebpCode, orderNo))
                : null,
            CebType.PaymentReceipt => Find(
                ParameterNames.Payment,
                Number("payTransactionId"),
                Number("payCode")
            ),
            CebType.WaybillReceipt or CebType.WaybillStatusReceipt => Find(
                ParameterNames.Waybill,
                Number("logisticsNo"),
                Number("logisticsCode")
            ),
            CebType.InboundNoteReceipt or CebType.FormatError => null,
            _ => Number("invtNo") is { } invtNo
                ? ParcelAddress.By(ParameterNames.List, invtNo, company: null)
                : Find(ParameterNames.List, Number("copNo"), Number("agentCode")),
        };
    }

    static string? Find(string by, string? number, string? company) =>
        number is not null && company is not null ? ParcelAddress.By(by, number, company) : null;
}
