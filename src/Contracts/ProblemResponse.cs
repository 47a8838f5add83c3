using System.Text.Json.Serialization;

namespace ClearanceEngine.Contracts;

/// <summary>Why something was not done (RFC 9457).</summary>
/// <param name="Type">A page about the status.</param>
/// <param name="Title">The problem's stable code, kebab-case; all of them are in docs/problems.md.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what to do: a Chinese sentence, then an English one.</param>
/// <param name="TraceId">Names the request in the engine's log.</param>
/// <param name="Part">The part of the engine that is away; absent where none is.</param>
/// <param name="Parts">Of a readiness that is not there: how each part is; only for callers with the right <c>health:read</c>.</param>
public sealed record ProblemResponse(
    string? Type,
    string? Title,
    int? Status,
    string? Detail,
    string? TraceId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Part = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, PartResponse>? Parts = null
);
