using System.Reflection;
using System.Text.RegularExpressions;
using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Problems;

/// <summary>The catalogue is whole: what the product tells is in it, and nothing else is.</summary>
public sealed partial class ProblemCatalogueTests
{
    const string Catalogue = "src/Domain/Problems/ProblemCatalogue.cs";

    /// <summary>Names of the same letters that are no codes: a step of the journal, a table, a method of a grain.</summary>
    static readonly Regex NoCode = NamesOfOtherThings();

    static readonly Dictionary<string, string> Sources = Files("src", "*.cs")
        .Where(f => f != Catalogue)
        .ToDictionary(f => f, Read);

    public static TheoryData<string> Codes => [.. ProblemCode.Catalogue.Select(e => e.Code.Text)];

    [Fact]
    public void Codes_are_kebab_case_and_in_the_order_of_the_alphabet_each_once()
    {
        var codes = ProblemCode.Catalogue.Select(e => e.Code.Text).ToArray();

        Assert.All(codes, code => Assert.Matches("^[a-z]+(-[a-z]+)*$", code));
        Assert.Equal(codes.Distinct().Order(StringComparer.Ordinal), codes);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_has_the_name_of_its_member_and_the_product_uses_it(string code)
    {
        var entry = ProblemCode.Catalogue.Single(e => e.Code.Text == code);
        var member = MemberOf(entry);

        var field = typeof(ProblemCode).GetField(member, BindingFlags.Public | BindingFlags.Static);
        Assert.Equal(entry.Code, field?.GetValue(null));
        Assert.Contains(Sources.Values, s => Regex.IsMatch(s, $@"\bProblemCode\.{member}\b"));
    }

    /// <summary>Chinese punctuation is looked at with all texts of the product, by ChineseTextTests.</summary>
    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_has_meaning_and_remedy_in_both_languages(string code)
    {
        var entry = ProblemCode.Catalogue.Single(e => e.Code.Text == code);

        Assert.All([entry.Meaning, entry.Remedy], words =>
            Assert.Matches(@"[\u3400-\u9FFF].*。$", words.Chinese)
        );
        Assert.All([entry.Meaning, entry.Remedy], words =>
            Assert.Matches(@"^[A-Za-z`][^\u3400-\u9FFF]+\.$", words.English)
        );
        Assert.All(entry.Official, o => Assert.True(o.Code < 0));
    }

    /// <summary>A code that is written down a second time would be a second truth.</summary>
    [Fact]
    public void No_code_is_written_down_outside_the_catalogue()
    {
        var known = ProblemCode.Catalogue.Select(e => e.Code.Text).ToHashSet();
        var twice =
            from source in Sources
            from line in source.Value.Split('\n')
            where !NoCode.IsMatch(line)
            from Match text in Literal().Matches(line)
            where known.Contains(text.Groups[1].Value)
            select $"{source.Key}: {line.Trim()}";

        Assert.Empty(twice);
    }

    /// <summary>Only storage and the wire make a code of a text.</summary>
    [Fact]
    public void No_code_is_made_of_a_text_but_where_it_is_read() =>
        Assert.Equal(
            ["src/Domain/Parcels/Forms/ProblemForm.cs", "src/Domain/Problems/ProblemCode.cs"],
            Sources
                .Where(s => s.Value.Contains("ProblemCode.Written(", StringComparison.Ordinal))
                .Select(s => s.Key)
                .Order(StringComparer.Ordinal)
        );

    /// <summary>What people of the field are shown has no code that no page explains.</summary>
    [Fact]
    public void What_transcripts_show_is_in_the_catalogue()
    {
        var told = Files("tests/Domain/Transcripts", "*.txt")
            .SelectMany(f => InTranscript().Matches(Read(f)))
            .Select(m => m.Groups[1].Value)
            .ToHashSet();

        Assert.Contains("several-payments", told);
        Assert.Subset(ProblemCode.Catalogue.Select(e => e.Code.Text).ToHashSet(), told);
    }

    /// <summary>The member of a code: <c>AmountPaidDiffers</c>.</summary>
    internal static string MemberOf(ProblemEntry entry) =>
        string.Concat(entry.Code.Text.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !BuildOutput().IsMatch(f));

    static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex("\"([a-z]+(?:-[a-z]+)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("Alias\\(|PersistentState\\(|\\[\"m/\"\\]|^\\s*//")]
    private static partial Regex NamesOfOtherThings();

    [GeneratedRegex("([a-z]+(?:-[a-z]+)*)（[\u3400-\u9FFF]+ [a-z-]+[ ）]")]
    private static partial Regex InTranscript();

    [GeneratedRegex("(^|/)(bin|obj)/")]
    private static partial Regex BuildOutput();
}
