using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ClearanceEngine.Silo.Settings;

/// <summary>A setting as the reference tells it.</summary>
/// <param name="Name">Full name; an entry of a list is <c>N</c>, of a map <c>NAME</c>.</param>
/// <param name="Default">As it is written; words where it is none or follows from others.</param>
/// <param name="Unit">What its number counts, or how it is written.</param>
/// <param name="Allowed">What it may be.</param>
/// <param name="Text">What happens.</param>
/// <param name="IsSecret">Whether its value is masked wherever it is shown.</param>
sealed partial record SettingDescription(
    string Name,
    string Default,
    string Unit,
    Allowed Allowed,
    string Text,
    bool IsSecret
)
{
    /// <summary>Of every setting of a section, those of groups within it, too.</summary>
    public static IEnumerable<SettingDescription> Of(SettingsSection section) =>
        Of(section.Name, section.Options, Activator.CreateInstance(section.Options)!);

    static IEnumerable<SettingDescription> Of(string name, Type options, object defaults)
    {
        foreach (var property in SettingType.Properties(options))
        {
            var (path, type) = ($"{name}:{property.Name}", property.PropertyType);
            var described = SettingType.Shape(type) switch
            {
                SettingShape.Group => Of(path, type, property.GetValue(defaults)!),
                SettingShape.List => OfEntries($"{path}:N", property),
                SettingShape.Map => OfEntries($"{path}:NAME", property),
                _ => [One(path, type, property, property.GetValue(defaults))],
            };
            foreach (var setting in described)
                yield return setting;
        }
    }

    static IEnumerable<SettingDescription> OfEntries(string path, PropertyInfo property)
    {
        var element = SettingType.Element(property.PropertyType);
        return SettingType.Shape(element) == SettingShape.Group
            ? Of(path, element, Activator.CreateInstance(element)!)
            : [One(path, element, property, null)];
    }

    static SettingDescription One(string path, Type type, PropertyInfo property, object? value)
    {
        var (text, byWords) = Parts(XmlDocs.Of(property));
        var isRowsOwn = path.Contains(":N:", StringComparison.Ordinal);
        var shown = isRowsOwn ? "" : SettingWords.Show(value);
        return new(
            path,
            shown.Length > 0 ? shown : byWords,
            UnitOf(property.Name, type),
            SettingWords.Of(type, property),
            WithValues(text, type),
            property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password
        );
    }

    /// <summary>The sentence that tells the default stands in a column of its own.</summary>
    static (string Text, string Default) Parts(string summary)
    {
        var match = DefaultSentence().Match(summary);
        return match.Success
            ? (summary.Remove(match.Index, match.Length).Trim(), match.Groups["default"].Value.Trim(' ', ':'))
            : (summary, "");
    }

    /// <summary>What each value of an enumeration does, where its source says so.</summary>
    static string WithValues(string text, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsEnum)
            return text;
        var values = Enum.GetNames(type)
            .Select(n => (Name: n, Text: XmlDocs.Of(type, n)))
            .Where(v => v.Text.Length > 0)
            .Select(v => $"`{v.Name}`: {v.Text}");
        return string.Join(' ', [text, .. values]).Trim();
    }

    static string UnitOf(string name, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(TimeSpan))
            return "[d.]hh:mm:ss";
        if (type == typeof(DateOnly))
            return "yyyy-MM-dd";
        if (type == typeof(double))
            return "share";
        if (type == typeof(string) || type == typeof(bool) || type.IsEnum)
            return "";
        return Units.FirstOrDefault(u => name.EndsWith(u.Ending, StringComparison.Ordinal)).Unit ?? "count";
    }

    static readonly (string Ending, string Unit)[] Units =
    [
        ("BodyRate", "bytes/s"),
        ("Rate", "1/s"),
        ("Bytes", "bytes"),
        ("Fen", "fen"),
        ("Port", "TCP port"),
        ("Years", "years"),
        ("Seed", "number"),
        ("Current", "id"),
    ];

    [GeneratedRegex(@"\s*\bDefault(s to)?:? (?<default>[^.]*(\.\d[^.]*)*)\.(?=\s|$)")]
    private static partial Regex DefaultSentence();
}
