using System.Text.RegularExpressions;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>
/// tests/Faults: one that names no test is noticed by none, and <c>tests/faults.sh</c> ends before its first fault.
/// </summary>
public sealed partial class FaultsTests
{
    static readonly string[] Sources =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText),
    ];

    public static TheoryData<string> Faults =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "tests", "Faults"), "*.patch")
                .Select(f => Path.GetFileName(f)),
        ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_test_that_a_fault_names_is_there(string fault)
    {
        var head = File.ReadLines(Path.Combine(Repository.Root, "tests", "Faults", fault));
        var named = head.Select(l => TestLine().Match(l)).Where(m => m.Success).ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, AssertIsThere);
    }

    /// <summary>A class may have its tests from the one that it extends, so each is looked for by itself.</summary>
    static void AssertIsThere(Match test)
    {
        var (type, method) = (test.Groups["type"].Value, test.Groups["method"].Value);
        if (type.Length > 0)
            Assert.Contains(Sources, s => Regex.IsMatch(s, $@"\bclass {type}\b"));
        if (method != "*")
            Assert.Contains(Sources, s => Regex.IsMatch(s, $@"\b{method}\("));
    }

    /// <summary>The project, then a method, a class's method, or all methods of a class.</summary>
    [GeneratedRegex(@"^Test: \S+ ((?<type>\w+)\.)?(?<method>\w+|\*)")]
    private static partial Regex TestLine();
}
