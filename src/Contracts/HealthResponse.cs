using System.Text.Json.Serialization;

namespace ClearanceEngine.Contracts;

/// <summary>Whether the engine can do its work.</summary>
/// <param name="Status">Healthy, Degraded or Unhealthy.</param>
/// <param name="Parts">How each part is, by its name; only for callers with the right <c>health:read</c>.</param>
public sealed record HealthResponse(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, PartResponse>? Parts = null
);

/// <summary>How a part of the engine is.</summary>
/// <param name="Status">Healthy, Degraded or Unhealthy.</param>
/// <param name="Text">What is wrong and what to do.</param>
/// <param name="Data">Its figures; null when it has none.</param>
public sealed record PartResponse(string Status, string? Text, IReadOnlyDictionary<string, object>? Data);
