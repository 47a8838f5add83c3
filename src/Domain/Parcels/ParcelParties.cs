using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
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

    /// <summary>
    /// The platform, whom order and list name, and whose documents count. Not who is alone with its documents: whoever guesses a number
    /// would hear by that whether somebody else has sent something.
    /// </summary>
    public static bool IsParty(ParcelState state, string company) =>
        company == state.EbpCode
        || IsNamed(state.Live(DocumentType.Order), company)
        || IsNamed(state.Live(DocumentType.DeclarationList), company)
        || state.Documents.Any(kept => kept.Owner == company && Counts(state, kept));

    /// <summary>Whom customs tells of the list: its declarant, the platform, and the merchant that it names.</summary>
    public static bool HearsOfList(ParcelState state, string company) =>
        company == state.EbpCode
        || company == ReceiptRouting.Declarant(state)
        || state[DocumentType.DeclarationList]?.Document[InventoryHead.EbcCode] == company;

    /// <summary>Who answers for the buyer's quota: the declarant, whose list takes it, and the platform, which sells to the buyer.</summary>
    public static bool HearsOfQuota(ParcelState state, string company) =>
        company == state.EbpCode || (company == ReceiptRouting.Declarant(state) && ListMatchesOrder(state));

    /// <summary>Anybody may send a list for a number that it guessed, but not one that names buyer and goods as the order does.</summary>
    static bool ListMatchesOrder(ParcelState state)
    {
        if (state.Live(DocumentType.Order) is null || state.Live(DocumentType.DeclarationList) is null)
            return false;
        // The two are compared as long as the parcel gathers; after that the problems are customs', or the quota's.
        var isGathering = state.Status is ParcelStatus.Staged or ParcelStatus.Collecting;
        return !isGathering || state.Problems.All(p => p.Document != DocumentType.DeclarationList);
    }

    /// <summary>It is the one of its type, or one of several of one company, and what the order says of it does not speak against it.</summary>
    static bool Counts(ParcelState state, ParcelDocument kept)
    {
        if (kept.IsDeleted)
            return false;
        var isOneOfSeveral =
            Binding.IsOpen(state, kept.Type)
            && state.Documents.All(other => other.Type != kept.Type || other.Owner == kept.Owner);
        if (!isOneOfSeveral && !ReferenceEquals(state[kept.Type], kept))
            return false;
        // Without an order nobody says whose the parcel is.
        if (state.Live(DocumentType.Order) is not { } order)
            return false;
        return kept.Type switch
        {
            DocumentType.Payment => IsNamedOrNobody(order[OrderHead.PayCode], kept),
            DocumentType.Waybill => IsNamedOrNobody(order[OrderHead.LogisticsCode], kept),
            // No document names the site: any site may send a note of any waybill number, and customs knows where the goods lie.
            DocumentType.InboundNote => CustomsCode.Reached(kept.CustomsCode, AcceptedLevel.Stored),
            _ => true,
        };
    }

    static bool IsNamedOrNobody(string? company, ParcelDocument kept) =>
        string.IsNullOrEmpty(company) || company == kept.Key.Issuer;

    static bool IsNamed(CebDocument? document, string company) =>
        document is not null && PartyFields.Any(field => ParcelViews.Text(document, field) == company);
}
