using System.Text.Json.Serialization;

namespace ClearanceEngine.Contracts;

/// <summary>Asks for a person's year; an id number never stands in an address. A member that is misspelt is not passed over.</summary>
/// <param name="IdNumber">Whose: 18 characters.</param>
/// <param name="Year">Beijing calendar year; this one if left out.</param>
/// <param name="Reason">Why it is looked at, for the audit trail; may be left out.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QuotaRequest(string? IdNumber, int? Year = null, string? Reason = null);

/// <summary>A person's year, in fen.</summary>
/// <param name="Year">Beijing calendar year.</param>
/// <param name="LimitFen">The year's limit.</param>
/// <param name="PostedFen">Released parcels.</param>
/// <param name="PendingFen">Declared parcels that are not decided.</param>
/// <param name="RemainingFen">What may still be bought.</param>
public sealed record QuotaResponse(
    int Year,
    long LimitFen,
    long PostedFen,
    long PendingFen,
    long RemainingFen
);
