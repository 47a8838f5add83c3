using System.Collections.Immutable;
using ClearanceEngine.Access;
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
            return MissingOfFour(state);
        var entry =
            state.Mode == "9610"
            && state[DocumentType.InboundNote] is null
            && !ParcelTable.IsDecided(state.Status);
        return entry ? [DocumentType.InboundNote] : [];
    }

    static ImmutableArray<DocumentType> MissingOfFour(ParcelState state)
    {
        ImmutableArray<DocumentType> missing = [];
        foreach (var type in Four)
        {
            if (IsMissing(state, type))
                missing = missing.Add(type);
        }
        return missing;
    }

    /// <summary>None is here that may go; several of which none is named are a problem, not missing.</summary>
    static bool IsMissing(ParcelState state, DocumentType type) =>
        state[type] is { } bound ? bound.IsDeleted || bound.IsStaged : !Binding.IsOpen(state, type);

    /// <summary>What is wrong now: mismatches or the reason of rejection, what customs refused, then what was refused here and not yet replaced.</summary>
    public static ImmutableArray<Problem> Problems(ParcelState state) =>
        [
            .. state.Problems,
            .. RefusedDocuments(state).Select(kept => RefusedByCustoms(state, kept)),
            .. state.Refusals.SelectMany(r => r.Problems),
        ];

    /// <summary>Documents that customs refused, whatever became of the parcel; of the list the parcel's own problems speak.</summary>
    internal static IEnumerable<ParcelDocument> RefusedDocuments(ParcelState state)
    {
        foreach (var kept in state.Documents)
        {
            var type = kept.Type;
            if (!kept.IsRefused || kept.IsDeleted || type == DocumentType.DeclarationList)
                continue;
            if (!ReferenceEquals(state[type], kept))
                continue; // another of its type counts
            if (HasPassed(state.Status) && Four.Contains(type))
                continue; // customs has let the list pass all the same
            if (!state.Problems.Any(p => p.Code == ProblemCode.CustomsRefused && p.Document == type))
                yield return kept;
        }
    }

    /// <summary>Customs' refusal of a document, in its own words.</summary>
    internal static Problem RefusedByCustoms(ParcelState state, ParcelDocument kept)
    {
        var words = LatestReceipt(state, kept) is { } latest ? Text(latest.Receipt, "returnInfo") : "";
        return CustomsProblem.Refused(
            kept.Type,
            kept.CustomsCode!.Value,
            ReceiptText.Quoted(words, BusinessNumbers.Of(state))
        );
    }

    /// <summary>Customs has decided in favour of the list, or sent the goods back.</summary>
    static bool HasPassed(ParcelStatus status) =>
        status is ParcelStatus.CancelRequested or ParcelStatus.ReturnRequested
        || (ParcelTable.IsDecided(status) && status != ParcelStatus.Rejected);

    /// <summary>The latest receipt of a document that is here: applied by customs, else our own about this one and no other.</summary>
    public static KeptReceipt? LatestReceipt(ParcelState state, ParcelDocument kept)
    {
        KeptReceipt? found = null;
        foreach (var receipt in state.Receipts)
        {
            if (!Answers(receipt, kept))
                continue;
            if (found is null || receipt.Applied || !found.Applied)
                found = receipt;
        }
        return found;
    }

    static bool Answers(KeptReceipt receipt, ParcelDocument kept)
    {
        if (receipt.Type != kept.Type || receipt.Receipt.Type is CebType.TaxBill or CebType.TaxBillState)
            return false;
        if (receipt.About is not null)
            return receipt.SpeaksOf(kept.Guid, kept.Key) && !receipt.IsOutdated;
        return !kept.Type.Descriptor().MayBeSeveral || DocumentKey.EchoedBy(receipt.Receipt) == kept.Key;
    }

    /// <summary>The waybills that are here, each with its age; they must be nobody else's.</summary>
    public static IEnumerable<ParcelDocument> Waybills(ParcelState state) =>
        state.Documents.Where(kept => kept is { Type: DocumentType.Waybill, IsDeleted: false });

    /// <summary>A waybill with all that the parcel has of it, for the parcel that it moves to.</summary>
    internal static WaybillMovedHere WithAllOf(ParcelState state, ParcelDocument waybill) =>
        new(
            waybill,
            state[StatusOf(waybill.Key)],
            state.Receipts.RemoveAll(receipt => !IsOf(receipt, waybill.Key))
        );

    /// <summary>The key of a waybill's status.</summary>
    internal static DocumentKey StatusOf(DocumentKey waybill) =>
        waybill with
        {
            Type = DocumentType.WaybillStatus,
        };

    /// <summary>A receipt, of customs or of ours, of the waybill or of its status.</summary>
    internal static bool IsOf(KeptReceipt receipt, DocumentKey waybill) =>
        DocumentKey.EchoedBy(receipt.Receipt) is { } echoed
        && (echoed == waybill || echoed == StatusOf(waybill));

    /// <summary>The waybill that the list names while it is not here: another parcel may hold it.</summary>
    public static DocumentKey? LackedWaybill(ParcelState state) =>
        ParcelNames.ListedWaybill(state) is { } listed && state[listed] is null ? listed : null;

    /// <summary>A parcel as its audience sees it (ADR 028); null when there is none, or none for this audience.</summary>
    /// <param name="state">The parcel.</param>
    /// <param name="customsPort">Says what counts as accepted.</param>
    /// <param name="audience">Whom it is made for.</param>
    public static ParcelView? Show(ParcelState state, CustomsPortOptions customsPort, Audience audience) =>
        state.Exists && new ParcelSight(state, audience) is { IsThere: true } sight
            ? Show(state, customsPort, sight)
            : null;

    /// <summary>The same of the parcel that has this name of the index; null also for an audience that cannot know it by that.</summary>
    public static ParcelView? Find(
        ParcelState state,
        CustomsPortOptions customsPort,
        Audience audience,
        string indexKey
    ) => new ParcelSight(state, audience).FindsBy(indexKey) ? Show(state, customsPort, audience) : null;

    /// <summary>One of the audience is a party to a parcel that is there for it.</summary>
    public static bool IsParty(ParcelState state, Audience audience) =>
        state.Exists && new ParcelSight(state, audience) is { IsThere: true, IsParty: true };

    static ParcelView Show(ParcelState state, CustomsPortOptions customsPort, ParcelSight sight)
    {
        var held = state.Documents.Where(sight.Holds).ToArray();
        return new ParcelView(
            state.EbpCode,
            state.OrderNo,
            sight.IsParty ? state.Status : null,
            sight.IsParty ? state.Mode : null,
            sight.IsParty ? state.Attempt : 0,
            held.Where(kept => ReferenceEquals(state[kept.Type], kept))
                .ToImmutableSortedDictionary(kept => kept.Type, Document),
            sight.IsParty ? Missing(state) : [],
            ParcelProblems.For(sight, state),
            sight.HearsOfList ? state.PreNo : null,
            sight.HearsOfList ? state.InvtNo : null,
            sight.HearsOfQuota ? Quota(state) : null,
            sight.HearsOfList ? Tax(state) : null,
            Receipts(state, sight),
            sight.HearsOfList ? state.TaxBills : [],
            ParcelTimeline.For(sight, state),
            [.. state.Outbox.Where(sight.Sees).Select(effect => effect.Id)],
            ParcelPending.Outbox(state, sight),
            ParcelPending.Awaited(state, customsPort.AcceptedLevel, sight),
            [.. held.Where(kept => !ReferenceEquals(state[kept.Type], kept)).Select(Other)],
            sight.IsParty ? state.ClosedAt : null,
            sight.IsWhole ? state.ClosedReason : null // an operator's words, to other operators
        );
    }

    static ImmutableArray<ReceiptView> Receipts(ParcelState state, ParcelSight sight) =>
        [
            .. state
                .Receipts.Where(r => r.Receipt.Type is not (CebType.TaxBill or CebType.TaxBillState))
                .Where(sight.Sees)
                .Select(r => Receipt(state, r)),
        ];

    static QuotaView? Quota(ParcelState state) =>
        state.Quota is { } q
            ? new QuotaView(q.Year, q.AmountFen, Stage(q.Stage), q.GivenBackFen, q.OneItem)
            : null;

    static TaxView? Tax(ParcelState state) =>
        state.Estimate is { } t
            ? new TaxView(t.DutiableFen, t.TariffFen, t.ConsumptionTaxFen, t.ValueAddedTaxFen)
            : null;

    static DocumentView Document(ParcelDocument kept) =>
        new(
            kept.Guid,
            kept.Revision,
            kept.Sender.CopCode,
            kept.ReceivedAt,
            kept.IsStaged,
            kept.IsDeleted,
            kept.SentAt,
            kept.CustomsCode?.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

    static OtherDocumentView Other(ParcelDocument kept) =>
        new(kept.Type, kept.Key.Issuer, kept.Key.Number, Document(kept));

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

    /// <summary>The text of a head field by its name; empty where it has none.</summary>
    internal static string Text(CebDocument document, string field) =>
        document.Schema.Head.Find(field) is { } f ? document[f] ?? "" : "";
}
