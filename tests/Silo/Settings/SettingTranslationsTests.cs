using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Tests.Hosting;

namespace ClearanceEngine.Tests.Settings;

/// <summary>
/// <c>src/Silo/Settings/settings.zh-CN.tsv</c> has the Chinese of every text about settings, of none that is gone, and of the
/// English as it is now. What fails here is a line to be written: name, mark and Chinese, with tabs between.
/// </summary>
public sealed partial class SettingTranslationsTests
{
    static readonly Dictionary<string, string> English = SettingsCatalogue
        .Sections.SelectMany(Texts)
        .Distinct()
        .ToDictionary(t => t.Name, t => t.English, StringComparer.Ordinal);

    static readonly Dictionary<string, SettingTranslation> Chinese = SettingTranslations.All.ToDictionary(
        t => t.Name,
        StringComparer.Ordinal
    );

    public static TheoryData<string> Translated => [.. Chinese.Keys.Where(English.ContainsKey)];

    [Fact]
    public void Every_text_has_its_Chinese() =>
        None(English.Keys.Where(n => !Chinese.ContainsKey(n)).Select(Line));

    [Fact]
    public void No_translation_is_of_what_does_not_exist() =>
        None(Chinese.Keys.Where(n => !English.ContainsKey(n)));

    /// <summary>Whoever changes an English text reads its Chinese, mends it, and gives it the new mark.</summary>
    [Fact]
    public void No_English_text_has_changed_since_it_was_translated() =>
        None(
            Chinese
                .Values.Where(t =>
                    English.TryGetValue(t.Name, out var now) && SettingTranslations.Mark(now) != t.Mark
                )
                .Select(t => Line(t.Name))
        );

    /// <summary>A line that is cut at a wrong place would be a description less, unnoticed.</summary>
    [Fact]
    public void Every_line_of_the_file_is_a_translation()
    {
        var file = Path.Combine(Repository.Root, "src", "Silo", "Settings", "settings.zh-CN.tsv");

        Assert.Equal(
            SettingTranslations.All.Count,
            File.ReadLines(file).Count(l => l.Length > 0 && !l.StartsWith('#'))
        );
    }

    [Theory]
    [MemberData(nameof(Translated))]
    public void A_translation_is_Chinese_and_has_the_names_and_numbers_of_its_English(string name)
    {
        var (english, chinese) = (English[name], Chinese[name].Text);

        Assert.Matches(@"[\u3400-\u9FFF].*。$", chinese);
        Assert.Equal(Found(Code(), english), Found(Code(), chinese));
        Assert.Equal(Found(Number(), english), Found(Number(), chinese));
    }

    /// <summary>The sentence that tells the default stands in a column of its own, in both languages.</summary>
    [Fact]
    public void A_default_that_is_told_in_words_is_told_in_both_languages()
    {
        var all = SettingsCatalogue.Sections.SelectMany(SettingDescription.Of);

        None(all.Where(s => (s.Default.Length > 0) != (s.Chinese.Default.Length > 0)).Select(s => s.Name));
    }

    [Fact]
    public void A_mark_is_that_of_one_text()
    {
        Assert.Equal(
            SettingTranslations.Mark("How long it waits."),
            SettingTranslations.Mark("How long it waits.")
        );
        Assert.NotEqual(
            SettingTranslations.Mark("How long it waits."),
            SettingTranslations.Mark("How long it wait.")
        );
    }

    /// <summary>All of them are told, and whole.</summary>
    static void None(IEnumerable<string> lines) => Assert.True(!lines.Any(), string.Join('\n', lines));

    static IEnumerable<(string Name, string English)> Texts(SettingsSection section)
    {
        yield return (section.Name, XmlDocs.Of(section.Options));
        foreach (var setting in SettingDescription.Defaults(section))
        {
            yield return (setting.Name, SettingDescription.Summary(setting));
            foreach (var value in SettingDescription.Values(setting.Type))
                yield return (value.Name, value.Text);
        }
    }

    static string Line(string name) => $"{name}\t{SettingTranslations.Mark(English[name])}\t{English[name]}";

    static IEnumerable<string> Found(Regex form, string text) =>
        form.Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
