using System.Text.Json.Serialization;
using ClearanceEngine.Rules;

namespace ClearanceEngine;

/// <summary>Something wrong with a document, said so that its sender can mend it.</summary>
/// <param name="Code">What is wrong, by the catalogue.</param>
/// <param name="Document">The document it is about.</param>
/// <param name="Line">Line (gnum order, from 1), or null for the head.</param>
/// <param name="Field">Wire name of the field, or null for the document as a whole.</param>
/// <param name="Text">What is wrong and what to do: a Chinese sentence, then an English one. Whatever looks like an id number in it is masked; a text that names business numbers is made by <see cref="Naming"/>.</param>
[GenerateSerializer, Immutable, Alias("clearance.problem")]
public sealed record Problem(
    [property: Id(0)] ProblemCode Code,
    [property: Id(1)] DocumentType Document,
    [property: Id(2)] int? Line,
    [property: Id(3)] string? Field,
    string Text
)
{
    [Id(4)]
    public string Text { get; init; } = IdNumbers.Mask(Text);

    /// <summary>As it was told: the silo that made the text masked it, knowing what each number in it is.</summary>
    [JsonConstructor]
    Problem(ProblemCode code, DocumentType document, int? line, string? field)
        : this(code, document, line, field, "") { }

    /// <summary>A problem whose text names business numbers: these stay whole however much they look like a person's.</summary>
    /// <param name="numbers">The business numbers; see <see cref="BusinessNumbers"/>.</param>
    /// <param name="code">See <see cref="Code"/>.</param>
    /// <param name="document">See <see cref="Document"/>.</param>
    /// <param name="field">See <see cref="Field"/>.</param>
    /// <param name="text">See <see cref="Text"/>.</param>
    public static Problem Naming(
        IEnumerable<string?> numbers,
        ProblemCode code,
        DocumentType document,
        string? field,
        string text
    ) => new(code, document, null, field) { Text = IdNumbers.Mask(text, numbers.OfType<string>()) };
}
