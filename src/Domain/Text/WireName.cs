using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClearanceEngine;

/// <summary>Names of enumerated values as HTTP, files and terminals have them.</summary>
public static class WireName
{
    static readonly ConcurrentDictionary<Enum, string> Known = new();

    /// <summary>The name that JSON has: the one given by its attribute, else its own in camel case.</summary>
    public static string Of(Enum value) => Known.GetOrAdd(value, Find);

    static string Find(Enum value)
    {
        var name = value.ToString();
        var given = value.GetType().GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>();
        return given?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(name);
    }
}
