using System.Collections.Immutable;

namespace ClearanceEngine.Access;

/// <summary>Whom a view is made for: who sees everyone's documents, or these companies (ADR 028). Of no company is nobody, who sees nothing.</summary>
[GenerateSerializer, Immutable, Alias("clearance.access.audience")]
public sealed record Audience
{
    Audience(bool isEveryone, ImmutableArray<string> companies) =>
        (IsEveryone, Companies) = (isEveryone, companies);

    /// <summary>Who sees everything that there is to show.</summary>
    public static Audience All { get; } = new(isEveryone: true, []);

    /// <summary>True for who sees everyone's documents.</summary>
    [Id(0)]
    public bool IsEveryone { get; }

    /// <summary>Codes of the companies, each once, in ordinal order; none for <see cref="All"/>.</summary>
    [Id(1)]
    public ImmutableArray<string> Companies { get; }

    /// <summary>These companies: what one of them sees, the audience sees.</summary>
    public static Audience Of(IEnumerable<string> companies) =>
        new(isEveryone: false, [.. companies.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    /// <summary>What is of this company is for it.</summary>
    public bool Includes(string company) => IsEveryone || Companies.Contains(company);

    /// <summary>By value: two are one if they show the same.</summary>
    public bool Equals(Audience? other) =>
        other is not null
        && IsEveryone == other.IsEveryone
        && Companies.AsSpan().SequenceEqual(other.Companies.AsSpan());

    public override int GetHashCode() => HashCode.Combine(IsEveryone, Companies.Length);
}
