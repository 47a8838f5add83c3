using System.Text.Json.Serialization;

namespace ClearanceEngine.Contracts;

/// <summary>Ends what is done for a parcel. A member that is misspelt is not passed over.</summary>
/// <param name="Reason">Why, 1 to 200 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CloseRequest(string? Reason);

/// <summary>Whether customs was asked.</summary>
/// <param name="Asked">False when no document of the parcel is open.</param>
public sealed record AskResponse(bool Asked);
