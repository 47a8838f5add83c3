using System.Collections.Immutable;

namespace ClearanceEngine;

/// <summary>What the catalogue says of a code.</summary>
/// <param name="Code">The code.</param>
/// <param name="ToldTo">Who can meet it.</param>
/// <param name="Meaning">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Official">The official negative codes (SPEC22 section 7) that receipts have for it, by document.</param>
public sealed record ProblemEntry(
    ProblemCode Code,
    ToldTo ToldTo,
    ProblemWords Meaning,
    ProblemWords Remedy,
    ImmutableArray<(DocumentType Document, int Code)> Official
);

/// <summary>A sentence in both languages.</summary>
/// <param name="Chinese">In Chinese.</param>
/// <param name="English">In English.</param>
public readonly record struct ProblemWords(string Chinese, string English);

/// <summary>Who meets a problem.</summary>
[Flags]
public enum ToldTo
{
    /// <summary>Who sends documents or asks about them.</summary>
    Participant = 1,

    /// <summary>Who runs the engine, or orders something for a parcel.</summary>
    Operator = 2,

    /// <summary>Either.</summary>
    Both = Participant | Operator,
}
