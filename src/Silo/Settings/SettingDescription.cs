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
/// <param name="Chinese">The same in Chinese.</param>
sealed partial record SettingDescription(
    string Name,
    string Default,
    string Unit,
    Allowed Allowed,
    string Text,
    bool IsSecret,
    SettingInChinese Chinese
)
{
    /// <summary>Of every setting of a section, those of groups within it, too.</summary>
    public static IEnumerable<SettingDescription> Of(SettingsSection section) => Defaults(section).Select(Of);

    /// <summary>Every setting of a section with the value that it has by itself; none for entries of lists and maps.</summary>
    public static IEnumerable<SettingValue> Defaults(SettingsSection section) =>
        Defaults(section.Name, section.Options, Activator.CreateInstance(section.Options)!);

    static IEnumerable<SettingValue> Defaults(string name, Type options, object defaults)
    {
        foreach (var property in SettingType.Properties(options))
        {
            var (path, type) = ($"{name}:{property.Name}", property.PropertyType);
            var settings = SettingType.Shape(type) switch
            {
                SettingShape.Group => Defaults(path, type, property.GetValue(defaults)!),
                SettingShape.List => OfEntries($"{path}:N", property),
                SettingShape.Map => OfEntries($"{path}:NAME", property),
                _ => [new SettingValue(path, property, type, property.GetValue(defaults))],
            };
            foreach (var setting in settings)
                yield return setting;
        }
    }

    static IEnumerable<SettingValue> OfEntries(string path, PropertyInfo property)
    {
        var element = SettingType.Element(property.PropertyType);
        return SettingType.Shape(element) == SettingShape.Group
            ? Defaults(path, element, Activator.CreateInstance(element)!)
            : [new SettingValue(path, property, element, null)];
    }

    static SettingDescription Of(SettingValue setting)
    {
        var (name, property, type, _) = setting;
        var (english, defaultInWords) = Parts(Summary(setting), DefaultSentence());
        var chinese = Parts(SettingTranslations.Of(name), ChineseDefaultSentence());
        var shown = Shown(setting);
        var unit = UnitOf(property.Name, type);
        return new(
            name,
            shown.Length > 0 ? shown : defaultInWords,
            unit.English,
            SettingWords.Of(type, property),
            WithValues(english, type),
            property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password,
            new(
                shown.Length > 0 ? shown : chinese.Default,
                unit.Chinese,
                WithChineseValues(chinese.Text, type)
            )
        );
    }

    /// <summary>What the source says of a setting; of its default only where that is no value.</summary>
    public static string Summary(SettingValue setting)
    {
        var summary = XmlDocs.Of(setting.Property);
        return Shown(setting).Length > 0 ? Parts(summary, DefaultSentence()).Text : summary;
    }

    /// <summary>Rows of a list have no defaults: what a new one holds is no value that somebody would want.</summary>
    static string Shown(SettingValue setting) =>
        setting.Name.Contains(":N:", StringComparison.Ordinal) ? "" : SettingWords.Show(setting.Value);

    /// <summary>The sentence that tells the default stands in a column of its own.</summary>
    static (string Text, string Default) Parts(string summary, Regex defaultSentence)
    {
        var match = defaultSentence.Match(summary);
        return match.Success
            ? (summary.Remove(match.Index, match.Length).Trim(), match.Groups["default"].Value.Trim(' ', ':'))
            : (summary, "");
    }

    /// <summary>What each value of an enumeration does, where its source says so.</summary>
    static string WithValues(string text, Type type) =>
        string.Join(' ', [text, .. Values(type).Select(v => $"`{v.Value}`: {v.Text}")]).Trim();

    static string WithChineseValues(string text, Type type) =>
        string.Concat([text, .. Values(type).Select(v => $"`{v.Value}`：{SettingTranslations.Of(v.Name)}")]);

    /// <summary>Values of an enumeration that say what they do, and the names of these texts.</summary>
    public static IEnumerable<(string Name, string Value, string Text)> Values(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return !type.IsEnum
            ? []
            : Enum.GetNames(type)
                .Select(value => ($"{type.Name}.{value}", value, XmlDocs.Of(type, value)))
                .Where(v => v.Item3.Length > 0);
    }

    static (string English, string Chinese) UnitOf(string name, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(TimeSpan))
            return ("[d.]hh:mm:ss", "[d.]hh:mm:ss");
        if (type == typeof(DateOnly))
            return ("yyyy-MM-dd", "yyyy-MM-dd");
        if (type == typeof(double))
            return ("share", "比例");
        if (type == typeof(string) || type == typeof(bool) || type.IsEnum)
            return ("", "");
        return Units.FirstOrDefault(u => name.EndsWith(u.Ending, StringComparison.Ordinal), Count).Unit;
    }

    static readonly (string Ending, (string English, string Chinese) Unit) Count = ("", ("count", "个数"));

    static readonly (string Ending, (string English, string Chinese) Unit)[] Units =
    [
        ("BodyRate", ("bytes/s", "字节/秒")),
        ("Rate", ("1/s", "次/秒")),
        ("Bytes", ("bytes", "字节")),
        ("Fen", ("fen", "分")),
        ("Port", ("TCP port", "TCP 端口")),
        ("Years", ("years", "年")),
        ("Seed", ("number", "数")),
        ("Current", ("id", "编号")),
    ];

    [GeneratedRegex(@"\s*\bDefault(s to)?:? (?<default>[^.]*(\.\d[^.]*)*)\.(?=\s|$)")]
    private static partial Regex DefaultSentence();

    [GeneratedRegex("默认：(?<default>[^。]*)。")]
    private static partial Regex ChineseDefaultSentence();
}

/// <summary>What of a setting's description is words, in Chinese.</summary>
/// <param name="Default">As it is written; words where it is none or follows from others.</param>
/// <param name="Unit">What its number counts, or how it is written.</param>
/// <param name="Text">What happens.</param>
sealed record SettingInChinese(string Default, string Unit, string Text);
