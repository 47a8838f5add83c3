using System.Text.RegularExpressions;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>The checklist (docs/asvs.md) names tests; one that is gone proves nothing.</summary>
public sealed partial class SecurityChecklistTests
{
    /// <summary>Requirements of ASVS 5.0, levels 1 and 2.</summary>
    const int Requirements = 253;

    static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "asvs.md"));

    [Fact]
    public void Each_requirement_stands_there_once_with_an_answer_and_a_reason()
    {
        string[] rows = [.. Row().Matches(Page).Select(row => row.Groups["id"].Value)];
        Assert.Equal(Requirements, rows.Length);
        Assert.Equal(rows.Length, rows.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Each_test_that_is_named_is_there()
    {
        var named = Named().Matches(Page);
        Assert.True(named.Count > 100, $"{named.Count} tests are named");
        var sources = named
            .Select(name => name.Groups["project"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(project => project, Sources, StringComparer.Ordinal);

        Assert.All(named, name =>
        {
            var ofProject = sources[name.Groups["project"].Value];
            Assert.Contains($"class {name.Groups["type"].Value}", ofProject, StringComparison.Ordinal);
            Assert.Matches($@"\s{name.Groups["test"].Value}\(", ofProject);
        });
    }

    /// <summary>What a project's tests are written in, what it shares with others included.</summary>
    static string Sources(string project)
    {
        string[] folders = [project, "Shared"];
        var files = folders.SelectMany(folder =>
            Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "tests", folder),
                "*.cs",
                SearchOption.AllDirectories
            )
        );
        return string.Join('\n', files.Select(File.ReadAllText));
    }

    [GeneratedRegex(
        @"^\| (?<id>\d+\.\d+\.\d+) \| [^|]+ \| `(yes|port|n/a|no)` \| .{2,} \|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?!Project:)(?<project>[A-Z]\w+):(?<type>\w+)\.(?<test>\w+)`")]
    private static partial Regex Named();
}
