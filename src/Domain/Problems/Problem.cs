namespace ClearanceEngine;

/// <summary>Something wrong with a document, said so that its sender can mend it.</summary>
/// <param name="Code">Our stable name of the check, kebab-case, for example <c>paid-amount-differs</c>.</param>
/// <param name="Document">The document it is about.</param>
/// <param name="Line">Line (gnum order, from 1), or null for the head.</param>
/// <param name="Field">Wire name of the field, or null for the document as a whole.</param>
/// <param name="Text">What is wrong and what to do: a Chinese sentence, then an English one. Id numbers in it are masked.</param>
[GenerateSerializer, Immutable, Alias("clearance.problem")]
public sealed record Problem(
    [property: Id(0)] string Code,
    [property: Id(1)] DocumentType Document,
    [property: Id(2)] int? Line,
    [property: Id(3)] string? Field,
    string Text
)
{
    [Id(4)]
    public string Text { get; init; } = Rules.IdNumbers.Mask(Text);
}
