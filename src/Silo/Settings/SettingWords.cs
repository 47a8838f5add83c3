using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ClearanceEngine.Silo.Settings;

/// <summary>What is allowed, in both languages.</summary>
sealed record Allowed(string Chinese, string English)
{
    /// <summary>As a refusal.</summary>
    public string Refusal => $"应为{Chinese}。It must be {English}.";
}

/// <summary>The words in which settings are told: what is allowed, and a value with its secrets masked. Pure.</summary>
static partial class SettingWords
{
    const string Masked = "***";

    /// <summary>Parts of names whose values nobody may read over a shoulder.</summary>
    static readonly string[] SecretParts =
    [
        "password",
        "pwd",
        "secret",
        "passphrase",
        "token",
        ".pem",
        "oauthbearer",
    ];

    /// <summary>Parts of a connection string that help whoever looks for a fault; each other's value is masked.</summary>
    static readonly string[] OpenConnectionParts =
    [
        "host",
        "server",
        "port",
        "database",
        "db",
        "username",
        "user name",
        "user id",
        "userid",
        "user",
        "data source",
        "filename",
        "ssl mode",
        "sslmode",
        "target session attributes",
    ];

    /// <summary>What a setting may be, by its type and its attributes.</summary>
    /// <param name="type">Of the value, or of an entry.</param>
    /// <param name="property">Whose attributes bound it.</param>
    public static Allowed Of(Type type, PropertyInfo property)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum)
            return OfEnum(plain);
        if (plain == typeof(bool))
            return new(" true 或 false", "true or false");
        if (plain == typeof(string))
            return property.IsDefined(typeof(RequiredAttribute))
                ? new("文本，不可为空", "a text that is not empty")
                : new("文本", "a text");

        var (chinese, english) = Kind(plain);
        return range is null ? new(chinese, english) : Within(range, chinese, english);
    }

    static (string Chinese, string English) Kind(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Double => ("数", "a number"),
            TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => ("整数", "a whole number"),
            _ when type == typeof(DateOnly) => ("日期 yyyy-MM-dd", "a day yyyy-MM-dd"),
            _ => ("时长 [d.]hh:mm:ss", "a time [d.]hh:mm:ss"),
        };

    static Allowed Within(RangeAttribute range, string chinese, string english)
    {
        // The attribute turns texts into values when it is asked first.
        range.IsValid(null);
        var (least, most) = (Show(range.Minimum), Show(range.Maximum));
        return range.Maximum is int.MaxValue
            ? new($"{chinese}，至少 {least}", $"{english}, at least {least}")
            : new($"{chinese}，{least} 至 {most}", $"{english}, {least} to {most}");
    }

    static Allowed OfEnum(Type type)
    {
        var names = Enum.GetNames(type);
        if (!type.IsDefined(typeof(FlagsAttribute)))
            return new($" {string.Join("、", names)} 之一", $"one of {string.Join(", ", names)}");
        names = [.. names.Where(n => n != "None")];
        return new(
            $" {string.Join("、", names)} 中的若干，以逗号分隔",
            $"some of {string.Join(", ", names)}, with commas between"
        );
    }

    /// <summary>Names of values that people write short.</summary>
    static readonly (string Short, string Name)[] Abbreviations =
    [
        ("Warn", "Warning"),
        ("Info", "Information"),
        ("Err", "Error"),
        ("Crit", "Critical"),
    ];

    /// <summary>What a text that is no value of an enumeration most likely meant, as the end of its refusal; empty where none is near.</summary>
    public static string Meant(Type type, string text)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (!plain.IsEnum)
            return "";
        var names = Enum.GetNames(plain);
        var shorter = Abbreviations.Where(a => names.Contains(a.Name)).Select(a => a.Short);
        if (Nearest.Of(text, names.Concat(shorter)) is not { } near)
            return "";
        var whole = Abbreviations.FirstOrDefault(a => a.Short == near).Name ?? near;
        return $" 是否指 did you mean {whole}?";
    }

    /// <summary>A value as it is written in a settings file.</summary>
    public static string Show(object? value) =>
        value switch
        {
            null => "",
            bool yes => yes ? "true" : "false",
            TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture).TrimFraction(),
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Enum none
                when none.GetType().IsDefined(typeof(FlagsAttribute))
                    && Convert.ToInt64(none, CultureInfo.InvariantCulture) == 0 => "",
            Enum flags => $"{flags}".Replace(" ", "", StringComparison.Ordinal),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    static string TrimFraction(this string time) =>
        time.Contains('.', StringComparison.Ordinal)
        && time.EndsWith('0')
        && time.LastIndexOf('.') > time.LastIndexOf(':')
            ? time.TrimEnd('0')
            : time;

    /// <summary>A value for people's eyes: secrets masked, cut where it is long.</summary>
    /// <param name="name">Of the setting.</param>
    /// <param name="property">Whose attribute says that it is secret.</param>
    /// <param name="text">The value.</param>
    public static string Mask(string name, PropertyInfo property, string text)
    {
        if (text.Length == 0)
            return text;
        if (name.EndsWith(":ConnectionString", StringComparison.Ordinal))
            return MaskConnection(text);
        if (IsSecret(name, property))
            return Masked;
        return Clip.To(UserInfo().Replace(text, $"//{Masked}@"), LongestValue);
    }

    /// <summary>By its form, not by what a parser of addresses makes of it: one with a blank in the password is none to it.</summary>
    [GeneratedRegex("//.*@")]
    private static partial Regex UserInfo();

    const int LongestValue = 200;

    static bool IsSecret(string name, PropertyInfo property) =>
        property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password
        || (
            SettingType.Shape(property.PropertyType) == SettingShape.Map
            && SecretParts.Any(p => name.Contains(p, StringComparison.OrdinalIgnoreCase))
        );

    /// <summary>What is no connection string, such as an address with the password in it, is masked as a whole.</summary>
    static string MaskConnection(string text)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            var keys = parts.Keys.Cast<string>().ToArray();
            if (!keys.All(key => key.All(c => char.IsAsciiLetter(c) || c == ' ')))
                return Masked;

            foreach (var key in keys.Except(OpenConnectionParts, StringComparer.OrdinalIgnoreCase))
                parts[key] = Masked;
            return parts.ConnectionString;
        }
        catch (ArgumentException)
        {
            return Masked;
        }
    }
}
