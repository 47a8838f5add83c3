using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>Who has to do with a parcel (rule 16, ADR 028), read off its documents: none of it is stored.</summary>
static class ParcelParties
{
    static readonly ImmutableArray<string> PartyFields =
    [
        "ebcCode",
        "payCode",
        "logisticsCode",
        "agentCode",
        "areaCode",
    ];

    /// <summary>The platform, whom order and list name, and whose documents count; anybody as long as nobody else's are here.</summary>
    public static bool IsParty(ParcelState state, string company) =>
        IsAlone(state, company) || IsOneOfSeveral(state, company);

    /// <summary>Whom customs tells of the list: its declarant, the platform, and the merchant that it names.</summary>
    public static bool HearsOfList(ParcelState state, string company) =>
        HearsOfQuota(state, company)
        || state[DocumentType.DeclarationList]?.Document[InventoryHead.EbcCode] == company;

    /// <summary>Who answers for the buyer's quota: the declarant, whose list takes it, and the platform, which sells to the buyer.</summary>
    public static bool HearsOfQuota(ParcelState state, string company) =>
        company == state.EbpCode || company == ReceiptRouting.Declarant(state);

    static bool IsOneOfSeveral(ParcelState state, string company) =>
        company == state.EbpCode
        || IsNamed(state.Live(DocumentType.Order), company)
        || IsNamed(state.Live(DocumentType.DeclarationList), company)
        || state.Documents.Any(kept => kept.Owner == company && Counts(state, kept));

    /// <summary>Nobody else's are here, refused ones included.</summary>
    static bool IsAlone(ParcelState state, string company) =>
        state.Documents.All(kept => kept.Owner == company)
        && state.Refusals.All(refusal => refusal.Owner == company);

    /// <summary>It is the one of its type, or one of several of one company, and the order names no other company for it.</summary>
    static bool Counts(ParcelState state, ParcelDocument kept)
    {
        if (kept.IsDeleted)
            return false;
        var isOneOfSeveral =
            Binding.IsOpen(state, kept.Type)
            && state.Documents.All(other => other.Type != kept.Type || other.Owner == kept.Owner);
        if (!isOneOfSeveral && !ReferenceEquals(state[kept.Type], kept))
            return false;
        // Without an order nobody says whose the parcel is; whose documents were refused may be it.
        if (state.Live(DocumentType.Order) is not { } order)
            return state.Refusals.All(refusal => refusal.Owner == kept.Owner);
        var named = kept.Type switch
        {
            DocumentType.Payment => order[OrderHead.PayCode] ?? "",
            DocumentType.Waybill => order[OrderHead.LogisticsCode] ?? "",
            _ => "",
        };
        return named.Length == 0 || named == kept.Key.Issuer;
    }

    static bool IsNamed(CebDocument? document, string company) =>
        document is not null && PartyFields.Any(field => ParcelViews.Text(document, field) == company);
}
