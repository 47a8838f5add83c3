using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Contracts;

/// <summary>What became of one document of a message.</summary>
/// <param name="Type">For example <c>CEB311Message</c>.</param>
/// <param name="Document">Which document that is.</param>
/// <param name="Guid">The document's guid.</param>
/// <param name="Key">Its business key, by the wire's names.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="State">The parcel's state; null while waiting for one, and for who is none of its parties.</param>
/// <param name="Receipt">The latest receipt: customs', or ours.</param>
/// <param name="Problems">What is wrong, or does not match yet; of the document alone for who is none of the parcel's parties.</param>
/// <param name="Missing">Documents the parcel still needs; empty for who is none of its parties.</param>
/// <param name="Parcel">Address of the parcel; null while waiting for one, and for a stranger whose document does not name its platform.</param>
public sealed record DocumentResponse(
    string Type,
    DocumentType Document,
    string Guid,
    IReadOnlyDictionary<string, string> Key,
    SubmissionOutcome Outcome,
    ParcelStatus? State,
    ReceiptResponse Receipt,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<DocumentType> Missing,
    string? Parcel
);

/// <summary>A receipt in an answer.</summary>
/// <param name="Type">For example <c>CEB312Message</c>.</param>
/// <param name="Guid">Its guid; null for our own.</param>
/// <param name="ReturnStatus">Its code, as customs writes it.</param>
/// <param name="ReturnInfo">Its words; the parcel masked what looks like an id number and is no number of its own.</param>
/// <param name="ReturnTime">When, as customs writes it: yyyyMMddHHmmssfff, Beijing time.</param>
/// <param name="Source">Who wrote it; null when an older silo answers, in the minutes of an upgrade.</param>
public sealed record ReceiptResponse(
    string Type,
    string? Guid,
    string ReturnStatus,
    string ReturnInfo,
    string ReturnTime,
    ReceiptSource? Source
);

/// <summary>A message that is durable and whose decision takes longer than the engine waits.</summary>
/// <param name="Status">Always <c>accepted</c>.</param>
/// <param name="Text">What to do, in both languages.</param>
/// <param name="Links">Addresses of its parcels, as far as it names them.</param>
public sealed record AcceptedResponse(string Status, string Text, IReadOnlyList<string> Links);
