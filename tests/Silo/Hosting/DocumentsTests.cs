using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Settings;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>What is written for people: every link leads somewhere, and the translations have what their originals have.</summary>
public sealed partial class DocumentsTests
{
    public static TheoryData<string> Pages =>
        [
            .. Directory
                .EnumerateFiles(Repository.Root, "*.md")
                .Concat(
                    Directory.EnumerateFiles(
                        Path.Combine(Repository.Root, "docs"),
                        "*.md",
                        SearchOption.AllDirectories
                    )
                )
                .Select(f => Path.GetRelativePath(Repository.Root, f)),
        ];

    /// <summary>Those whose commands hold no words of their own.</summary>
    public static TheoryData<string> Translations =>
        [
            "README.zh-CN.md",
            "docs/production.zh-CN.md",
            "docs/operations.zh-CN.md",
            "docs/dead-letters.zh-CN.md",
            "docs/http.zh-CN.md",
            "docs/first-parcel.zh-CN.md",
            "docs/upgrading.zh-CN.md",
            "docs/settings.zh-CN.md",
        ];

    public static TheoryData<string> ChinesePages =>
        [.. Pages.Select(p => p.Data).Where(p => p.EndsWith(".zh-CN.md", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading_that_are_there(string page)
    {
        var file = Path.Combine(Repository.Root, page);
        foreach (Match link in Link().Matches(WithoutCode(File.ReadAllText(file))))
        {
            var (target, anchor) = Split(link.Groups[1].Value);
            var there = target.Length == 0 ? file : Path.GetFullPath(target, Path.GetDirectoryName(file)!);
            Assert.True(Path.Exists(there), $"{page} links to {target}, which is not there.");
            if (anchor.Length > 0)
                Assert.True(Anchors(there).Contains(anchor), $"{page}: {target} has no heading #{anchor}.");
        }
    }

    /// <summary>Headings as many and on the same levels, tables as long, commands the same but for their comments.</summary>
    [Theory]
    [MemberData(nameof(Translations))]
    public void A_translation_has_the_headings_tables_and_commands_of_its_original(string page)
    {
        var translated = File.ReadAllLines(Path.Combine(Repository.Root, page));
        var original = File.ReadAllLines(
            Path.Combine(Repository.Root, page.Replace(".zh-CN.md", ".md", StringComparison.Ordinal))
        );

        Assert.Equal(Commands(original), Commands(translated));
        Assert.Equal(Levels(original), Levels(translated));
        Assert.Equal(Rows(original), Rows(translated));
    }

    /// <summary>Settings, topics, files and addresses are the same in both languages; settings of a table in the same rows.</summary>
    [Theory]
    [MemberData(nameof(ChinesePages))]
    public void A_translation_names_what_its_original_names(string page)
    {
        var translated = File.ReadAllLines(Path.Combine(Repository.Root, page));
        var original = File.ReadAllLines(
            Path.Combine(Repository.Root, page.Replace(".zh-CN.md", ".md", StringComparison.Ordinal))
        );

        Assert.Equal(Names(original), Names(translated));
        Assert.Equal(SettingsOfRows(original), SettingsOfRows(translated));
    }

    /// <summary>The reference of settings is generated, and leaves the section away.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_setting_that_a_page_names_is_one(string page)
    {
        if (page == Path.Combine("docs", "settings.md") || page == Path.Combine("docs", "settings.zh-CN.md"))
            return;

        var unknown = Code(page)
            .SelectMany(c => NamedSetting().Matches(c))
            .Select(m => m.Value)
            .Where(n => !IsKnownSetting(n));

        Assert.Empty(unknown);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_test_and_source_file_that_a_page_names_is_there(string page)
    {
        var missing = Code(page).Where(c => IsMissingTest(c) || IsMissingPath(c));

        Assert.Empty(missing);
    }

    static bool IsKnownSetting(string name)
    {
        string[] known =
        [
            .. SettingsCatalogue.Sections.SelectMany(SettingDescription.Of).Select(s => s.Name),
            .. SettingsCatalogue.OfFramework.Select(n => $"{n}:"),
        ];
        var beginning = name.TrimEnd('*');
        return known.Any(k => $"{k}:".StartsWith(beginning, StringComparison.Ordinal));
    }

    static bool IsMissingTest(string code) =>
        TestClass().IsMatch(code)
        && !TestSources.Any(s => s.Contains($"class {code}", StringComparison.Ordinal));

    static bool IsMissingPath(string code) =>
        SourcePath().IsMatch(code) && !Path.Exists(Path.Combine(Repository.Root, code));

    static readonly string[] TestSources =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText),
    ];

    /// <summary>What stands between backticks, outside blocks of commands.</summary>
    static IEnumerable<string> Code(string page) =>
        Markdown
            .Prose(File.ReadAllLines(Path.Combine(Repository.Root, page)))
            .SelectMany(l => InlineCode().Matches(l))
            .Select(m => m.Value.Trim('`'));

    static IEnumerable<string> Names(IEnumerable<string> lines) =>
        Markdown
            .Prose(lines)
            .SelectMany(l => InlineCode().Matches(l))
            .Select(m => m.Value.Trim('`'))
            .Where(c => Name().IsMatch(c))
            .Distinct()
            .Order(StringComparer.Ordinal);

    static IEnumerable<string> SettingsOfRows(IEnumerable<string> lines) =>
        Markdown
            .Prose(lines)
            .Where(l => l.StartsWith('|'))
            .Select(l => string.Join(' ', Setting().Matches(l).Select(m => m.Value)));

    static (string Target, string Anchor) Split(string link)
    {
        var at = link.IndexOf('#', StringComparison.Ordinal);
        return at < 0 ? (link, "") : (link[..at], link[(at + 1)..]);
    }

    /// <summary>As GitHub makes them: lower case, blanks as hyphens, without punctuation.</summary>
    static HashSet<string> Anchors(string file) =>
        [
            .. Markdown
                .Prose(File.ReadAllLines(file))
                .Where(l => Heading().IsMatch(l))
                .Select(l => l.TrimStart('#').Trim().ToLowerInvariant())
                .Select(l => NoAnchor().Replace(l, "").Replace(' ', '-')),
        ];

    static IEnumerable<int> Levels(IEnumerable<string> lines) =>
        Markdown
            .Prose(lines)
            .Where(l => Heading().IsMatch(l))
            .Select(l => l.TakeWhile(c => c == '#').Count());

    static int Rows(IEnumerable<string> lines) => Markdown.Prose(lines).Count(l => l.StartsWith('|'));

    static IEnumerable<string> Commands(IEnumerable<string> lines) =>
        Markdown.Code(lines).Select(l => Comment().Replace(l, "").TrimEnd()).Where(l => l.Length > 0);

    static string WithoutCode(string text) =>
        InlineCode().Replace(string.Join('\n', Markdown.Prose(text.Split('\n'))), "");

    [GeneratedRegex(@"\]\((?!https?:|mailto:)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\s_-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"(^|\s)# .*$")]
    private static partial Regex Comment();

    /// <summary>What has parts: a setting, a topic, a path.</summary>
    [GeneratedRegex(@"^[A-Za-z][\w.*/:-]*[:/.][\w.*/:-]+$", RegexOptions.ECMAScript)]
    private static partial Regex Name();

    [GeneratedRegex("[A-Z][A-Za-z]+:[A-Z][A-Za-z]+")]
    private static partial Regex Setting();

    /// <summary>A section and a name of it, or all of it; <c>HOST:PORT</c> and the like are none.</summary>
    [GeneratedRegex(
        @"(?<![\w:])(?!Section:|Silo:|EndToEnd:|Client:|Domain:|Signing:|Project:)[A-Z][a-z]\w*:(\*|[A-Z]\w*)"
    )]
    private static partial Regex NamedSetting();

    [GeneratedRegex(@"^[A-Z]\w*Tests$")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"^(src|tests|bench|samples|k8s|docs)/[\w./-]+$")]
    private static partial Regex SourcePath();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();
}
