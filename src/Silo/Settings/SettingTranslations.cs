using System.Security.Cryptography;
using System.Text;

namespace ClearanceEngine.Silo.Settings;

/// <summary>The Chinese of a text that the source has in English.</summary>
/// <param name="Name">Of the section, the setting, or the value of an enumeration.</param>
/// <param name="Mark">Of the English that it translates.</param>
/// <param name="Text">In Chinese.</param>
sealed record SettingTranslation(string Name, string Mark, string Text);

/// <summary>
/// The Chinese of what the sources' comments say of settings, from the one file <c>settings.zh-CN.tsv</c> beside this. Each
/// translation carries the mark of its English: a test names those whose English has changed since.
/// </summary>
static class SettingTranslations
{
    const string File = "settings.zh-CN.tsv";
    const int MarkBytes = 4;

    static readonly Dictionary<string, SettingTranslation> ByName = Read()
        .ToDictionary(t => t.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<SettingTranslation> All => ByName.Values;

    /// <summary>The Chinese text of that name; empty where there is none.</summary>
    public static string Of(string name) => ByName.GetValueOrDefault(name)?.Text ?? "";

    /// <summary>Short, and another one for every other English.</summary>
    public static string Mark(string english) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(english))[..MarkBytes]);

    static IEnumerable<SettingTranslation> Read()
    {
        using var reader = new StreamReader(
            typeof(SettingTranslations).Assembly.GetManifestResourceStream(File)!
        );
        while (reader.ReadLine() is { } line)
        {
            if (
                line.Length > 0
                && !line.StartsWith('#')
                && line.Split('\t') is [var name, var mark, var text]
            )
                yield return new(name, mark, text);
        }
    }
}
