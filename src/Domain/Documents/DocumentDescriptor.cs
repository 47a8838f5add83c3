using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine;

/// <summary>
/// What there is to know of a type of document, once. A new type is a schema, a descriptor and its entry in
/// <see cref="DocumentTypes"/>.
/// </summary>
public sealed record DocumentDescriptor
{
    public required DocumentType Type { get; init; }

    /// <summary>The message that carries it.</summary>
    public required CebType Message { get; init; }

    /// <summary>The receipt that answers it.</summary>
    public required CebType Receipt { get; init; }

    /// <summary>The topic that its senders write to.</summary>
    public required string Topic { get; init; }

    /// <summary>Its name in effect ids, in the timeline's events and in texts for people: <c>order</c>, <c>list</c>.</summary>
    public required string Name { get; init; }

    public required string Chinese { get; init; }

    /// <summary>Head fields of its business key, in the document and in its receipts: who gave the number, and the number.</summary>
    public required (string Issuer, string Number) KeyFields { get; init; }

    /// <summary>A parcel may hold several of this type, of which one is bound (ADR 018).</summary>
    public bool MayBeSeveral { get; init; }

    /// <summary>Head fields that its receipts echo, in their order (table of receipts, SPEC22).</summary>
    public required ImmutableArray<string> EchoedFields { get; init; }

    /// <summary>Head fields that name it in a question to customs, in their order.</summary>
    public required ImmutableArray<string> QueryFields { get; init; }

    /// <summary>What customs must have accepted before it goes there.</summary>
    public ImmutableArray<DocumentType> After { get; init; } = [];

    /// <summary>The official code for a problem that has none of its own.</summary>
    public required int OtherCode { get; init; }

    /// <summary>The official negative code that fits a problem of ours.</summary>
    public int OfficialCode(ProblemCode problem) => problem.OfficialFor(Type) ?? OtherCode;

    /// <summary>The business key that the receipts of this document echo; null for a part that it does not have.</summary>
    public IReadOnlyList<(string Name, string? Value)> EchoOf(CebDocument document) =>
        [.. EchoedFields.Select(name => (name, Echoed(document, name)))];

    /// <summary>The key of a question to customs: the parts that name the document, joined by a bar.</summary>
    public string QueryKeyOf(CebDocument document) =>
        string.Join('|', QueryFields.Select(name => document[document.Schema.Head.Find(name)!]));

    /// <summary>The Chinese name of a head field.</summary>
    public string LabelOf(string field) => CebSchema.Of(Message).Head.Find(field)!.Label;

    static string? Echoed(CebDocument document, string name)
    {
        if (document.Schema.Head.Find(name) is not { } field)
            return null;
        if (document[field] is not { Length: > 0 } value)
            return null;
        return BusinessNumbers.IsIn(field)
            ? Clip.Clean(Clip.Cut(value, field.MaxLength))
            : Clip.To(value, field.MaxLength);
    }
}
