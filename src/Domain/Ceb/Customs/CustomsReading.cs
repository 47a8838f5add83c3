using System.Collections.Immutable;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>What a record on the channel of customs turned out to be.</summary>
public abstract record CustomsReading
{
    /// <summary>A message of receipts, tax bills or format errors; of several kinds, it may be.</summary>
    /// <param name="Root">Name of its root element, fit for a log.</param>
    /// <param name="Answers">What could be read of it, in its order, without what we do not know.</param>
    /// <param name="Faults">What could not be read, each with its place; the others do not suffer from it.</param>
    /// <param name="Remarks">What was skipped or mended, by name and fit for a log; at most <see cref="CustomsReader.MostRemarks"/>.</param>
    public sealed record Returns(
        string Root,
        ImmutableArray<CebDocument> Answers,
        ImmutableArray<CebFormatException> Faults,
        ImmutableArray<string> Remarks
    ) : CustomsReading;

    /// <summary>No receipt: one of our own declarations, a message of another trade, the transport's own.</summary>
    /// <param name="Kind">Name of its root element, fit for a log.</param>
    /// <param name="Code">Our stable name of why it is none.</param>
    /// <param name="Text">What it is and what to do.</param>
    public sealed record Other(string Kind, ProblemCode Code, string Text) : CustomsReading;
}
