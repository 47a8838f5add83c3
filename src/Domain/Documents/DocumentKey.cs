using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;

namespace ClearanceEngine;

/// <summary>What a document is known by: its type and business key (ADR 018). Receipts, changes and deletes speak of this key.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Issuer">Code of the company that gave the number: platform, payment company, carrier, declarant or site.</param>
/// <param name="Number">The number that it gave; empty where the document has none, see <see cref="IsWhole"/>.</param>
[GenerateSerializer, Immutable, Alias("clearance.document-key")]
public readonly record struct DocumentKey(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] string Issuer,
    [property: Id(2)] string Number
)
{
    /// <summary>A key of which a part is missing names nothing: it would name whatever else lacks that part.</summary>
    [JsonIgnore]
    public bool IsWhole => Issuer is { Length: > 0 } && Number is { Length: > 0 };

    /// <summary>The key of a document, as far as it has one.</summary>
    public static DocumentKey Of(CebDocument document)
    {
        var descriptor = DocumentTypes.DescriptorOfMessage(document.Type)
            ?? throw new ArgumentException($"{document.Type} is no document.", nameof(document));
        return Of(descriptor, document);
    }

    /// <summary>The key that a receipt echoes; null when it echoes none, or not all of it.</summary>
    public static DocumentKey? EchoedBy(CebDocument receipt)
    {
        if (DocumentTypes.OfReceipt(receipt.Type) is not { } type)
            return null;
        var key = Of(type.Descriptor(), receipt);
        return key.IsWhole ? key : null;
    }

    /// <summary>By type, issuer and number, ordinal: every machine orders the documents of a parcel in the same way.</summary>
    public int OrderTo(DocumentKey other)
    {
        if (Type != other.Type)
            return ((int)Type).CompareTo((int)other.Type);
        var byIssuer = string.CompareOrdinal(Issuer, other.Issuer);
        return byIssuer != 0 ? byIssuer : string.CompareOrdinal(Number, other.Number);
    }

    static DocumentKey Of(DocumentDescriptor descriptor, CebDocument document)
    {
        var (issuer, number) = descriptor.KeyFields;
        return new DocumentKey(descriptor.Type, Part(document, issuer), Part(document, number));
    }

    static string Part(CebDocument document, string name) =>
        document.Schema.Head.Find(name) is { } field ? document[field] ?? "" : "";
}
