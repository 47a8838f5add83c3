using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine;

/// <summary>Rules that several sets of options have. Pure.</summary>
public static class SettingRule
{
    /// <summary>A fault where one setting is below another that bounds it; else none.</summary>
    public static IEnumerable<ValidationResult> NotBelow<T>(string name, T value, string other, T least)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0)
            yield return new ValidationResult(
                $"不得小于 {other}（{least}）。It must not be below {other} ({least}).",
                [name]
            );
    }

    /// <summary>A fault where a text is no key; else none.</summary>
    /// <param name="name">Of the setting.</param>
    /// <param name="base64">The text.</param>
    /// <param name="least">Fewest bytes.</param>
    /// <param name="most">Most bytes.</param>
    public static IEnumerable<ValidationResult> Key(
        string name,
        string base64,
        int least,
        int most = int.MaxValue
    )
    {
        var bytes = new byte[base64.Length];
        if (Convert.TryFromBase64String(base64, bytes, out var count) && count >= least && count <= most)
            yield break;
        var (chinese, english) = most == least ? ("", "") : ("至少 ", "at least ");
        yield return new ValidationResult(
            $"应为 {chinese}{least} 字节的 base64（openssl rand -base64 {least}）。It must be base64 of {english}{least} bytes: openssl rand -base64 {least}.",
            [name]
        );
    }
}
