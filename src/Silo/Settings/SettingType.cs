using System.Collections;
using System.Globalization;
using System.Reflection;

namespace ClearanceEngine.Silo.Settings;

/// <summary>How a setting is written.</summary>
enum SettingShape
{
    /// <summary>A value.</summary>
    Value,

    /// <summary>Numbered entries: <c>Door:KnownProxies:0</c>.</summary>
    List,

    /// <summary>Named entries: <c>Storage:Keys:Ring:1</c>.</summary>
    Map,

    /// <summary>Settings of its own.</summary>
    Group,
}

/// <summary>What the options' types allow to be written. Pure.</summary>
static class SettingType
{
    /// <summary>The settings of an options type, in the order of their declaration.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type options) =>
        options
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p =>
                p.CanRead
                && (p.SetMethod is { IsPublic: true } || Shape(p.PropertyType) != SettingShape.Value)
            )
            .OrderBy(p => p.MetadataToken);

    public static SettingShape Shape(Type type)
    {
        if (type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type).IsValueType)
            return SettingShape.Value;
        if (type.IsAssignableTo(typeof(IDictionary)))
            return SettingShape.Map;
        return type.IsAssignableTo(typeof(IEnumerable)) ? SettingShape.List : SettingShape.Group;
    }

    /// <summary>Type of the entries of a list or a map.</summary>
    public static Type Element(Type type) => type.GetElementType() ?? type.GetGenericArguments()[^1];

    /// <summary>Whether a text is a value of this type. The range is another matter.</summary>
    public static bool CanBe(Type type, string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return true;
        if (type.IsEnum)
            return IsNamed(type, text);
        if (type == typeof(bool))
            return bool.TryParse(text, out _);
        if (type == typeof(TimeSpan))
            return IsTime(text);
        if (type == typeof(DateOnly))
            return DateOnly.TryParseExact(text, "yyyy-MM-dd", out _);
        if (type == typeof(double))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return long.TryParse(
                text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            ) && Fits(type, number);
    }

    /// <summary>By names only: a number would be a way to say what the names do not, such as all development parts at once.</summary>
    static bool IsNamed(Type type, string text)
    {
        string[] names = type.IsDefined(typeof(FlagsAttribute))
            ? text.Split(',', StringSplitOptions.TrimEntries)
            : [text.Trim()];
        return names.All(n => Enum.GetNames(type).Contains(n, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>A bare number would be days, which nobody means who writes 10; and so would be hours of 24 and more.</summary>
    static bool IsTime(string text)
    {
        if (text == "0")
            return true;
        if (
            text.Split(':') is not [var first, _, ..]
            || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _)
        )
            return false;
        return first.Contains('.', StringComparison.Ordinal)
            || !int.TryParse(first, CultureInfo.InvariantCulture, out var hours)
            || hours is > -24 and < 24;
    }

    static bool Fits(Type type, long number) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Int16 => number is >= short.MinValue and <= short.MaxValue,
            TypeCode.Int32 => number is >= int.MinValue and <= int.MaxValue,
            _ => true,
        };
}
