using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClearanceEngine;

/// <summary>
/// Our stable name of what is wrong, kebab-case on the wire and in storage. Only the catalogue makes one, so that no problem
/// has a code which no page explains.
/// </summary>
[GenerateSerializer, Immutable, Alias("clearance.problem-code"), JsonConverter(typeof(ProblemCodeJson))]
public readonly partial record struct ProblemCode
{
    ProblemCode(string text) => Text = text;

    /// <summary>As it stands on the wire, for example <c>amount-paid-differs</c>.</summary>
    [Id(0)]
    public string Text { get; }

    /// <summary>Where a text is wanted: a header, a title, a log.</summary>
    public static implicit operator string(ProblemCode code) => code.Text;

    /// <summary>As it was written before, maybe by a newer build whose catalogue knows more.</summary>
    internal static ProblemCode Written(string text) => new(text);

    /// <summary>What the catalogue says of it; null for a code of a newer build.</summary>
    public ProblemEntry? FindEntry() => ByText.GetValueOrDefault(Text);

    /// <summary>The official negative code that a receipt for such a document has for it; null when the table has none.</summary>
    public int? OfficialFor(DocumentType document)
    {
        if (FindEntry() is not { } entry)
            return null;

        foreach (var official in entry.Official)
        {
            if (official.Document == document)
                return official.Code;
        }
        return null;
    }

    public override string ToString() => Text;
}

/// <summary>A code is a text in JSON.</summary>
sealed class ProblemCodeJson : JsonConverter<ProblemCode>
{
    public override ProblemCode Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        ProblemCode.Written(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, ProblemCode value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
