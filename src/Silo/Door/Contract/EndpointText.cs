using System.Collections.Immutable;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>What the contract's document tells of an endpoint beside its mapping (ADR 032).</summary>
/// <param name="Id">Its stable name, which generated clients call it by.</param>
/// <param name="Group">Where it stands on the page.</param>
/// <param name="Words">What it does, at length.</param>
sealed record EndpointText(string Id, EndpointGroup Group, ProblemWords Words)
{
    /// <summary>What may be given in the path and after a question mark.</summary>
    public ImmutableArray<ParameterText> Parameters { get; init; } = [];

    /// <summary>It answers with a tag, and 304 to whoever has what it would answer (ADR 035).</summary>
    public bool HasTag { get; init; }

    /// <summary>It is done once for each key of its caller, and only while the parcel is what the caller saw, if it says so (ADR 035).</summary>
    public bool IsAct { get; init; }

    /// <summary>Bodies that it takes.</summary>
    public ImmutableArray<BodyText> Bodies { get; init; } = [];

    /// <summary>What it answers when it does what was asked.</summary>
    public ImmutableArray<AnswerText> Answers { get; init; } = [];

    /// <summary>What it refuses itself. What any endpoint refuses, such as a caller without the right, is known without.</summary>
    public ImmutableArray<RefusalText> Refusals { get; init; } = [];
}

/// <summary>A heading of the page.</summary>
/// <param name="Name">In both languages.</param>
/// <param name="Words">What is below it.</param>
sealed record EndpointGroup(string Name, ProblemWords Words);

/// <summary>A parameter.</summary>
/// <param name="Name">One of <see cref="Contracts.ParameterNames"/>.</param>
/// <param name="Words">What it means.</param>
/// <param name="Example">A value of invented companies.</param>
sealed record ParameterText(string Name, ProblemWords Words, string Example)
{
    /// <summary>Nothing is answered without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>A whole number; else a text.</summary>
    public bool IsNumber { get; init; }

    /// <summary>All that it may be; empty where that is no list.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];
}

/// <summary>A body that is taken.</summary>
/// <param name="MediaType">As it is declared.</param>
/// <param name="Type">What it is read as; null for a CEB message, which its own schema describes.</param>
/// <param name="Example">Name of an example.</param>
sealed record BodyText(string MediaType, Type? Type, string Example);

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">What it is.</param>
/// <param name="Words">When it is given.</param>
/// <param name="Example">Name of an example.</param>
sealed record AnswerText(int Status, Type Type, ProblemWords Words, string Example)
{
    /// <summary>It comes as an event stream, too, to whoever accepts one.</summary>
    public bool IsStreamed { get; init; }
}

/// <summary>Problems of a status.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Codes">Their codes; none where any of the catalogue may come.</param>
sealed record RefusalText(int Status, params ImmutableArray<ProblemCode> Codes);
