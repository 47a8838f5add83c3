using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ClearanceEngine.Ceb;

/// <summary>An element with simple children in a fixed order: a head or a line of a document.</summary>
public sealed class CebEntity
{
    readonly FrozenDictionary<string, CebField> _byName;
    readonly CebTag?[] _tags;

    internal CebEntity(string name, params CebField[] fields)
    {
        Name = name;
        Fields = [.. fields];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i].Index = i;
            fields[i].Entity = this;
        }
        Tag = new CebTag(name);
        _tags = [.. fields.Select(f => f.IsJsonOnly ? null : new CebTag(f.Name))];
        _byName = fields.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
        Guid = Find("guid");
        AppType = Find("appType");
        AppTime = Find("appTime");
        AppStatus = Find("appStatus");
    }

    /// <summary>The element name.</summary>
    public string Name { get; }

    /// <summary>The fields in the order of the schema.</summary>
    public ImmutableArray<CebField> Fields { get; }

    /// <summary>What nearly every head has, found once: these are asked for at every step.</summary>
    internal CebField? Guid { get; }

    internal CebField? AppType { get; }

    internal CebField? AppTime { get; }

    internal CebField? AppStatus { get; }

    internal CebTag Tag { get; }

    /// <summary>The elements of the fields; null for a field that XML does not have.</summary>
    internal ReadOnlySpan<CebTag?> Tags => _tags;

    /// <summary>The field of that element name, or null.</summary>
    public CebField? Find(string name) => _byName.GetValueOrDefault(name);
}
