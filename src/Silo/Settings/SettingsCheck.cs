using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace ClearanceEngine.Silo.Settings;

/// <summary>A value of bound options: a setting as it is in effect.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Property">The option; for an entry, that of its list or map.</param>
/// <param name="Type">Of the value.</param>
/// <param name="Value">The value.</param>
sealed record SettingValue(string Name, PropertyInfo Property, Type Type, object? Value)
{
    /// <summary>For people's eyes.</summary>
    public string Shown => SettingWords.Mask(Name, Property, SettingWords.Show(Value));
}

/// <summary>Finds all that is wrong with bound options: by their attributes, then by their own rules.</summary>
static class SettingsCheck
{
    /// <param name="name">Of the section.</param>
    /// <param name="options">Bound.</param>
    public static IReadOnlyList<SettingFault> Of(string name, object options)
    {
        var faults = new List<SettingFault>();
        foreach (var value in Values(name, options))
            faults.AddRange(ByAttributes(value));
        foreach (var (group, owner) in Groups(name, options))
            faults.AddRange(
                ByRules(group, owner, faults.Select(f => f.Name).ToHashSet(StringComparer.Ordinal))
            );
        return faults;
    }

    /// <summary>All values of options, those of groups, lists and maps within them, too.</summary>
    public static IEnumerable<SettingValue> Values(string name, object options) =>
        Groups(name, options).SelectMany(g => ValuesOf(g.Name, g.Options));

    static IEnumerable<SettingValue> ValuesOf(string name, object options)
    {
        foreach (var property in SettingType.Properties(options.GetType()))
        {
            var (path, type, value) = (
                $"{name}:{property.Name}",
                property.PropertyType,
                property.GetValue(options)
            );
            var shape = SettingType.Shape(type);
            if (shape == SettingShape.Value)
                yield return new(path, property, type, value);
            foreach (var (key, entry) in shape is SettingShape.List or SettingShape.Map ? Entries(value) : [])
            {
                var element = SettingType.Element(type);
                if (SettingType.Shape(element) == SettingShape.Value)
                    yield return new($"{path}:{key}", property, element, entry);
            }
        }
    }

    /// <summary>The options and all groups of settings within them.</summary>
    static IEnumerable<(string Name, object Options)> Groups(string name, object options)
    {
        yield return (name, options);
        foreach (var property in SettingType.Properties(options.GetType()))
        {
            var value = property.GetValue(options);
            var within = SettingType.Shape(property.PropertyType) switch
            {
                SettingShape.Group when value is not null => [($"{name}:{property.Name}", value)],
                SettingShape.List when IsOfGroups(property.PropertyType) => Entries(value)
                    .Select(e => ($"{name}:{property.Name}:{e.Key}", e.Value!)),
                _ => Enumerable.Empty<(string, object)>(),
            };
            foreach (var group in within.SelectMany(g => Groups(g.Item1, g.Item2)))
                yield return group;
        }
    }

    static bool IsOfGroups(Type list) => SettingType.Shape(SettingType.Element(list)) == SettingShape.Group;

    static IEnumerable<(string Key, object? Value)> Entries(object? value) =>
        value switch
        {
            IDictionary map => map.Keys.Cast<string>().Select(k => (k, map[k])),
            IEnumerable list => list.Cast<object?>().Select((v, i) => ($"{i}", v)),
            _ => [],
        };

    static IEnumerable<SettingFault> ByAttributes(SettingValue value)
    {
        var isSound = value
            .Property.GetCustomAttributes<ValidationAttribute>()
            .All(a => a is DataTypeAttribute || a.IsValid(value.Value));
        if (!isSound)
            yield return new(value.Name, value.Shown, SettingWords.Of(value.Type, value.Property).Refusal);
    }

    static IEnumerable<SettingFault> ByRules(string name, object options, HashSet<string> told)
    {
        if (options is not IValidatableObject own)
            yield break;
        foreach (var result in own.Validate(new ValidationContext(options)))
        {
            foreach (
                var member in result.MemberNames.Select(m => $"{name}:{m}").Where(m => !told.Contains(m))
            )
                yield return new(member, Shown(name, options, member), result.ErrorMessage ?? "");
        }
    }

    static string? Shown(string name, object options, string member) =>
        Values(name, options).FirstOrDefault(v => v.Name == member)?.Shown;
}
