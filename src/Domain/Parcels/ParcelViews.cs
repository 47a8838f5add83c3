using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>What can be read off a parcel's state.</summary>
public static class ParcelViews
{
    static readonly DocumentType[] Four =
    [
        DocumentType.Order,
        DocumentType.Payment,
        DocumentType.Waybill,
        DocumentType.DeclarationList,
    ];

    /// <summary>Documents that are still needed: the four before the declaration, then the inbound note for 9610.</summary>
    public static ImmutableArray<DocumentType> Missing(ParcelState state)
    {
        if (ParcelTable.IsOpen(state.Status))
            return [.. Four.Where(k => state[k] is null or { IsDeleted: true } or { IsStaged: true })];
        var entry =
            state.Mode == "9610"
            && state[DocumentType.InboundNote] is null
            && !ParcelTable.IsDecided(state.Status);
        return entry ? [DocumentType.InboundNote] : [];
    }

    /// <summary>What is wrong now: mismatches or the reason of rejection, what customs refused, then what was refused here and not yet replaced.</summary>
    public static ImmutableArray<Problem> Problems(ParcelState state) =>
        [.. state.Problems, .. RefusedByCustoms(state), .. state.Refusals.SelectMany(r => r.Problems)];

    /// <summary>Documents that customs refused, whatever became of the parcel; of the list the parcel's own problems speak.</summary>
    static IEnumerable<Problem> RefusedByCustoms(ParcelState state)
    {
        foreach (var (type, kept) in state.Documents)
        {
            if (!kept.IsRefused || kept.IsDeleted || type == DocumentType.DeclarationList)
                continue;
            if (HasPassed(state.Status) && Four.Contains(type))
                continue; // customs has let the list pass all the same
            if (!state.Problems.Any(p => p.Code == CustomsProblem.RefusedCode && p.Document == type))
                yield return RefusedByCustoms(state, type, kept);
        }
    }

    /// <summary>Customs' refusal of a document, in its own words.</summary>
    internal static Problem RefusedByCustoms(ParcelState state, DocumentType type, ParcelDocument kept)
    {
        var words = LatestReceipt(state, type) is { } latest ? Text(latest.Receipt, "returnInfo") : "";
        return CustomsProblem.Refused(
            type,
            kept.CustomsCode!.Value,
            ReceiptText.Quoted(words, BusinessNumbers.Of(state))
        );
    }

    /// <summary>Customs has decided in favour of the list, or sent the goods back.</summary>
    static bool HasPassed(ParcelStatus status) =>
        status is ParcelStatus.CancelRequested or ParcelStatus.ReturnRequested
        || (ParcelTable.IsDecided(status) && status != ParcelStatus.Rejected);

    /// <summary>The latest receipt of the document that is here: applied by customs, else our own about this one and no other.</summary>
    public static KeptReceipt? LatestReceipt(ParcelState state, DocumentType type)
    {
        var guid = state[type]?.Guid;
        KeptReceipt? found = null;
        foreach (var receipt in state.Receipts)
        {
            if (receipt.Type != type || receipt.Receipt.Type is CebType.TaxBill or CebType.TaxBillState)
                continue;
            if (guid is not null && receipt.About is { } about && about != guid)
                continue;
            if (found is null || receipt.Applied || !found.Applied)
                found = receipt;
        }
        return found;
    }

    /// <summary>The waybill may go to another parcel: this one's list does not name it and customs has not got it.</summary>
    public static bool MayGiveUp(ParcelState state, string logisticsCode, string logisticsNo)
    {
        if (state[DocumentType.Waybill] is not { DispatchedRevision: 0 } kept)
            return false;
        if (
            kept.Document[LogisticsHead.LogisticsCode] != logisticsCode
            || kept.Document[LogisticsHead.LogisticsNo] != logisticsNo
        )
            return false;
        return !ListNames(state, logisticsCode, logisticsNo);
    }

    /// <summary>The list names this waybill.</summary>
    public static bool ListNames(ParcelState state, string logisticsCode, string logisticsNo) =>
        state.Live(DocumentType.DeclarationList) is { } list
        && list[InventoryHead.LogisticsNo] == logisticsNo
        && list[InventoryHead.LogisticsCode] == logisticsCode;

    /// <summary>The document as it was submitted, to be handed to another parcel.</summary>
    public static Submission Resubmit(DocumentType type, ParcelDocument kept) =>
        new(type, kept.Document, kept.Sender, kept.SignedMessageGuid, kept.ReceivedAt, [], Frame: kept.Frame);

    /// <summary>Everything there is to show; null when there is no such parcel.</summary>
    /// <param name="state">The parcel.</param>
    /// <param name="customsPort">Says what counts as accepted.</param>
    public static ParcelView? Show(ParcelState state, CustomsPortOptions customsPort)
    {
        if (!state.Exists)
            return null;
        return new ParcelView(
            state.EbpCode,
            state.OrderNo,
            state.Status,
            state.Mode,
            state.Attempt,
            state.Documents.ToImmutableSortedDictionary(
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
                    .Select(r => Receipt(state, r)),
            ],
            state.TaxBills,
            state.Timeline,
            [.. state.Outbox.Select(o => o.Id)],
            ParcelPending.Outbox(state),
            ParcelPending.Awaited(state, customsPort.AcceptedLevel)
        );
    }

    /// <summary>A kept receipt for people.</summary>
    static ReceiptView Receipt(ParcelState state, KeptReceipt kept) =>
        new(
            kept.Receipt.Schema.Root,
            kept.Type,
            WireName.Of(kept.Source),
            Text(kept.Receipt, "returnStatus"),
            Text(ReceiptText.Masked(kept.Receipt, BusinessNumbers.Of(state)), "returnInfo"),
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
