using System.Text.RegularExpressions;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Chinese is written with its own punctuation, on pages and in what the programs say.</summary>
public sealed partial class ChineseTextTests
{
    static readonly string Source = Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Pages =>
        [
            .. Files(Repository.Root, "*.zh-CN.md", SearchOption.TopDirectoryOnly)
                .Concat(Files(Path.Combine(Repository.Root, "docs"), "*.zh-CN.md"))
                .Concat(Files(Source, "*.zh-CN.md"))
                .Select(f => Path.GetRelativePath(Repository.Root, f)),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_in_Chinese_has_no_half_width_punctuation_beside_Chinese_signs(string page)
    {
        var lines = Markdown.Prose(File.ReadAllLines(Path.Combine(Repository.Root, page)));
        var faults = lines.Select(l => InlineCodeOrTarget().Replace(l, "x")).Where(IsMixed);

        Assert.Empty(faults);
    }

    /// <summary>In code Chinese signs stand in texts and comments only, so whatever touches them belongs to a text.</summary>
    [Fact]
    public void What_the_programs_say_in_Chinese_has_no_half_width_punctuation_beside_Chinese_signs()
    {
        var faults =
            from file in Files(Source, "*.cs")
            where !BuildOutput().IsMatch(Path.GetRelativePath(Source, file))
            from line in File.ReadLines(file)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            where IsMixed(CustomsForm().Replace(line, ""))
            select $"{Path.GetRelativePath(Repository.Root, file)}: {line.Trim()}";

        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("已存入,尚未判定。", true)]
    [InlineData("地址（{setting}) 无效。", true)]
    [InlineData("设置（Setting)无效。", true)]
    [InlineData("已存入，尚未判定。Kept, not decided (yet).", false)]
    [InlineData("时间 parked, UTC+8", false)]
    public void Half_width_punctuation_is_known_by_its_neighbours(string text, bool isMixed) =>
        Assert.Equal(isMixed, IsMixed(text));

    static IEnumerable<string> Files(
        string folder,
        string pattern,
        SearchOption depth = SearchOption.AllDirectories
    ) => Directory.EnumerateFiles(folder, pattern, depth);

    static bool IsMixed(string line) =>
        BesideChinese().IsMatch(line)
        || (Chinese().IsMatch(line) && line.Count(c => c == '（') != line.Count(c => c == '）'));

    [GeneratedRegex(@"[\u3400-\u9FFF]")]
    private static partial Regex Chinese();

    [GeneratedRegex(@"[\u3400-\u9FFF][,:;()]|[,:;()][\u3400-\u9FFF]")]
    private static partial Regex BesideChinese();

    /// <summary>What customs writes into a receipt has customs' own form: <c>[Code:1800;Desc:…]</c>.</summary>
    [GeneratedRegex(@"\[Code:-?[0-9]+;Desc:")]
    private static partial Regex CustomsForm();

    [GeneratedRegex("`[^`\n]*`|(?<=\\])\\([^)]*\\)")]
    private static partial Regex InlineCodeOrTarget();

    [GeneratedRegex(@"(^|[/\\])(bin|obj)[/\\]")]
    private static partial Regex BuildOutput();
}
