using System.Diagnostics.CodeAnalysis;

namespace ClearanceEngine;

/// <summary>
/// A topic that declarations come on: one that participants share, or one of a single participant, whose ACL is then that
/// participant's identity (ADR 031).
/// </summary>
public readonly record struct DeclarationTopic
{
    DeclarationTopic(string shared, string? owner) => (Shared, Owner) = (shared, owner);

    /// <summary>The shared topic of this kind of document, whose name begins that of each participant's own.</summary>
    public string Shared { get; }

    /// <summary>Code of the only participant that may write to it; null where participants share it.</summary>
    public string? Owner { get; }

    /// <summary>Its name in Kafka.</summary>
    public string Name => Owner is null ? Shared : $"{Shared}.{Owner}";

    /// <summary>The shared topic of a kind of document.</summary>
    public static DeclarationTopic SharedBy(DocumentType type) => new(type.Descriptor().Topic, null);

    /// <summary>The topic of one participant for a kind of document.</summary>
    /// <param name="type">Kind of its documents.</param>
    /// <param name="owner">A code that the registry has taken: letters and digits, which every broker allows.</param>
    public static DeclarationTopic Of(DocumentType type, string owner) => new(type.Descriptor().Topic, owner);

    /// <summary>The topic of another kind of document, of whom this one is.</summary>
    public DeclarationTopic OfType(DocumentType type) => new(type.Descriptor().Topic, Owner);

    /// <summary>The topic of this name; false where none of the engine's declarations are there.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out DeclarationTopic? topic)
    {
        foreach (var shared in TopicNames.Declarations)
        {
            if (name != shared && OwnerIn(name, shared) is null)
                continue;
            topic = new DeclarationTopic(shared, OwnerIn(name, shared));
            return true;
        }
        topic = null;
        return false;
    }

    public override string ToString() => Name;

    /// <summary>Asked of each record: only a topic that has an owner costs a text.</summary>
    static string? OwnerIn(string name, string shared)
    {
        if (name.Length <= shared.Length || name[shared.Length] != '.')
            return null;
        if (!name.StartsWith(shared, StringComparison.Ordinal))
            return null;

        var owner = name[(shared.Length + 1)..];
        return ParticipantCode.IsValid(owner) ? owner : null;
    }
}
