using ClearanceEngine.Access;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Parcels;

/// <summary>
/// What an audience sees of a parcel (rule 16, ADR 028): the one place that says so, whether the parcel is shown, its sender is
/// answered or a receipt is written. What a company holds is what it owns, or transmitted for its owner.
/// </summary>
sealed class ParcelSight
{
    readonly ParcelState _state;
    readonly Audience _audience;

    public ParcelSight(ParcelState state, Audience audience)
    {
        _state = state;
        _audience = audience;
        IsParty = IsOneOf(ParcelParties.IsParty);
    }

    /// <summary>Nothing is kept back.</summary>
    public bool IsWhole => _audience.IsEveryone;

    /// <summary>It sees where the parcel stands, what it lacks, and that documents do not match.</summary>
    public bool IsParty { get; }

    /// <summary>It sees what customs gave to the list: numbers and tax bills.</summary>
    public bool HearsOfList => IsOneOf(ParcelParties.HearsOfList);

    /// <summary>It sees what the parcel takes of its buyer's quota.</summary>
    public bool HearsOfQuota => IsOneOf(ParcelParties.HearsOfQuota);

    /// <summary>For anybody else there is no such parcel. Where no document is left, nobody is its party but the platform.</summary>
    public bool IsThere =>
        IsWhole
        || _state.Documents.Any(Holds)
        || _state.Refusals.Any(Holds)
        || (IsParty && (_state.Documents.Length > 0 || HearsOfQuota));

    public bool Holds(ParcelDocument kept) =>
        _audience.Includes(kept.Owner) || _audience.Includes(kept.Sender.CopCode);

    public bool Holds(Refusal refusal) => _audience.Includes(refusal.Owner);

    /// <summary>What is said of a type without naming a document is for whoever holds all of it that there is.</summary>
    public bool HoldsAll(DocumentType type)
    {
        if (IsWhole)
            return true;
        var live = _state.Documents.Where(kept => kept.Type == type && !kept.IsDeleted).ToArray();
        return live.Length > 0 && live.All(Holds);
    }

    /// <summary>A parcel is found by the number of a waybill, say, by who has that waybill, and by its parties: nobody guesses whose it is.</summary>
    public bool FindsBy(string indexKey) =>
        IsWhole || IsParty || _state.Documents.Any(kept => Holds(kept) && IndexKey.Of(kept.Key) == indexKey);

    /// <summary>It is about a document that the audience holds, or refuses one that it sent.</summary>
    public bool Sees(KeptReceipt receipt)
    {
        if (IsWhole)
            return true;
        if (receipt.IsOwn)
            return _state.Documents.Any(kept => Holds(kept) && IsAbout(receipt, kept))
                || _state.Refusals.Any(r => Holds(r) && receipt.SpeaksOf(r.Guid, r.Key));
        if (DocumentKey.EchoedBy(receipt.Receipt) is not { } key)
            return false;
        // What is no longer here: the company that gave the number.
        return _state[key] is { } answered ? Holds(answered) : _audience.Includes(key.Issuer);
    }

    /// <summary>It is about a document that the audience holds, or is due to it.</summary>
    public bool Sees(Effect effect) =>
        IsWhole
        || effect switch
        {
            DispatchDocument dispatch => _state[dispatch.Document.Key] is { } kept && Holds(kept),
            ForwardReceipt receipt => _audience.Includes(receipt.Receiver),
            AskCustoms question => HoldsAll(question.Type),
            ChangeQuota => HearsOfQuota,
            _ => HoldsAll(DocumentType.Waybill),
        };

    static bool IsAbout(KeptReceipt receipt, ParcelDocument kept) =>
        receipt.SpeaksOf(kept.Guid, kept.Key) || receipt.SpeaksOf(kept.RepeatedGuid, kept.Key);

    bool IsOneOf(Func<ParcelState, string, bool> parties) =>
        IsWhole || _audience.Companies.Any(company => parties(_state, company));
}
