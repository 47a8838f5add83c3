using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Silo.Changes;

/// <summary>A receipt that was handed on to a participant. What it means, and what it does not, says ADR 034.</summary>
/// <param name="Cursor">Stands behind it: whoever goes on from here has it.</param>
/// <param name="At">When it was handed on.</param>
/// <param name="Participant">To whom.</param>
/// <param name="Type">For example <c>CEB622Message</c>; null for a record that cannot be read.</param>
/// <param name="Document">Type of the document that it answers; null where it answers none, such as a tax bill.</param>
/// <param name="Key">The numbers that it names its document by, by the wire's names.</param>
/// <param name="Guid">The receipt's own guid: the same receipt may be handed on twice, and then has the same.</param>
/// <param name="Status">returnStatus.</param>
/// <param name="Info">returnInfo, with id numbers masked.</param>
/// <param name="Time">returnTime, as the receipt has it.</param>
/// <param name="Source">Who wrote it.</param>
/// <param name="LeadsTo">The state that a list's receipt leads its parcel to, by its code alone; null where it leads nowhere. Where the parcel stands, the parcel says.</param>
/// <param name="Parcel">Address at which the parcel is shown to who may see it; null where the receipt names none.</param>
public sealed record ChangeEvent(
    string Cursor,
    DateTimeOffset At,
    string Participant,
    string? Type,
    DocumentType? Document,
    IReadOnlyDictionary<string, string> Key,
    string? Guid,
    string? Status,
    string? Info,
    string? Time,
    ReceiptSource? Source,
    ParcelStatus? LeadsTo,
    string? Parcel
);

/// <summary>What a poll is answered.</summary>
/// <param name="Events">In the order in which they were handed on; empty when nothing came within the wait.</param>
/// <param name="Next">Where to go on: given as <c>after</c>, it misses nothing and repeats nothing.</param>
public sealed record ChangePage(IReadOnlyList<ChangeEvent> Events, string Next);
