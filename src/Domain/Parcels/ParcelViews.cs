using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>What can be read off a parcel's state.</summary>
public static class ParcelViews
{
    static readonly DocumentKind[] Four =
    [
        DocumentKind.Order,
        DocumentKind.Payment,
        DocumentKind.Waybill,
        DocumentKind.List,
    ];

    /// <summary>Documents that are still needed: the four before the declaration, then the entry note for 9610.</summary>
    public static ImmutableArray<DocumentKind> Missing(ParcelState state)
    {
        if (ParcelTable.IsOpen(state.Status))
            return [.. Four.Where(k => state[k] is null or { IsDeleted: true } or { IsStaged: true })];
        var entry =
            state.Mode == "9610" && state[DocumentKind.Entry] is null && !ParcelTable.IsSettled(state.Status);
        return entry ? [DocumentKind.Entry] : [];
    }

    /// <summary>What is wrong now: mismatches or the reason of rejection, then what was refused and not yet replaced.</summary>
    public static ImmutableArray<Problem> Problems(ParcelState state) =>
        [.. state.Problems, .. state.Refusals.SelectMany(r => r.Problems)];

    /// <summary>The waybill may go to another parcel: this one's list does not name it and customs has not got it.</summary>
    public static bool MayGiveUp(ParcelState state, string logisticsCode, string logisticsNo)
    {
        if (state[DocumentKind.Waybill] is not { LeftRevision: 0 } slot)
            return false;
        if (
            slot.Document[LogisticsHead.LogisticsCode] != logisticsCode
            || slot.Document[LogisticsHead.LogisticsNo] != logisticsNo
        )
            return false;
        return !ListNames(state, logisticsCode, logisticsNo);
    }

    /// <summary>The list names this waybill.</summary>
    public static bool ListNames(ParcelState state, string logisticsCode, string logisticsNo) =>
        state.Live(DocumentKind.List) is { } list
        && list[InventoryHead.LogisticsNo] == logisticsNo
        && list[InventoryHead.LogisticsCode] == logisticsCode;

    /// <summary>The document as it was submitted, to be handed to another parcel.</summary>
    public static Submission Resubmit(DocumentKind kind, DocumentSlot slot) =>
        new(kind, slot.Document, slot.Sender, slot.Carrier, slot.ReceivedAt, []);

    /// <summary>Everything there is to show; null when there is no such parcel.</summary>
    /// <param name="state">The parcel.</param>
    /// <param name="port">Says what counts as accepted.</param>
    public static ParcelView? Show(ParcelState state, PortOptions port)
    {
        if (!state.Exists)
            return null;
        return new ParcelView(
            state.EbpCode,
            state.OrderNo,
            state.Status,
            state.Mode,
            state.Attempt,
            state.Slots.ToImmutableSortedDictionary(
                s => s.Key,
                s => new DocumentView(
                    s.Value.Guid,
                    s.Value.Revision,
                    s.Value.Sender.CopCode,
                    s.Value.ReceivedAt,
                    s.Value.IsStaged,
                    s.Value.IsDeleted,
                    s.Value.SentAt,
                    s.Value.CustomsCode?.ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
            ),
            Missing(state),
            Problems(state),
            state.PreNo,
            state.InvtNo,
            state.Quota is { } q
                ? new QuotaView(q.Year, q.AmountFen, Stage(q.Stage), q.GivenBackFen, q.OneItem)
                : null,
            state.Estimate is { } t
                ? new TaxView(t.DutiableFen, t.TariffFen, t.ConsumptionTaxFen, t.ValueAddedTaxFen)
                : null,
            [
                .. state
                    .Receipts.Where(r => r.Receipt.Type is not (CebType.TaxBill or CebType.TaxBillState))
                    .Select(Receipt),
            ],
            state.TaxBills,
            state.Timeline,
            [.. state.Owes.Select(o => o.Id)],
            ParcelPending.Outbox(state),
            ParcelPending.Awaited(state, port.AcceptedLevel)
        );
    }

    /// <summary>A kept receipt for people.</summary>
    public static ReceiptView Receipt(KeptReceipt kept) =>
        new(
            kept.Receipt.Schema.Root,
            kept.Kind,
            kept.IsOwn ? "engine" : "customs",
            Text(kept.Receipt, "returnStatus"),
            IdNumbers.Mask(Text(kept.Receipt, "returnInfo")),
            CebTime.Parse(Text(kept.Receipt, "returnTime")) ?? default,
            Text(kept.Receipt, "guid"),
            kept.Applied
        );

    static string Stage(QuotaStage stage) =>
        stage switch
        {
            QuotaStage.Reserving => "reserving",
            QuotaStage.Reserved => "reserved",
            QuotaStage.Refused => "refused",
            QuotaStage.Posted => "posted",
            QuotaStage.Voided => "voided",
            _ => "givenBack",
        };

    static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
