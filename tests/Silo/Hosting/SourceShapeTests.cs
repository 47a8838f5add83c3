namespace ClearanceEngine.Tests.Hosting;

/// <summary>What makes a source hard to read and can be counted is counted here, so that nobody has to look for it.</summary>
public sealed class SourceShapeTests
{
    [Fact]
    public void Sources_are_shaped_to_be_read() => Assert.Empty(Sources().SelectMany(HardPlaces));

    [Theory]
    [InlineData("void M() { (a, b, c) = (1, 2, 3); }", "an assignment of 3")]
    [InlineData("void M() { (a, b) = (1, 2); var (d, e, f) = G(); }", null)]
    [InlineData("int M() => a ? 1 : b ? 2 : c ? 3 : 4;", "a chain of 3 ternaries")]
    [InlineData("int M() => a ? (b ? 1 : (c ? 2 : 3)) : 4;", "a chain of 3 ternaries")]
    [InlineData("int M() => a ? 1 : b ? 2 : 3;", null)]
    [InlineData("void M() { F(() => { G(x => { H(x); }); }); }", "a block lambda within a block lambda")]
    [InlineData("void M() { F(() => { G(x => H(x)); }); F(() => { }); }", null)]
    public void Each_shape_is_recognised(string member, string? fault)
    {
        var found = SourceShape.HardPlaces($"class C {{\n{member}\n}}").ToList();

        if (fault is null)
            Assert.Empty(found);
        else
            Assert.StartsWith(fault, Assert.Single(found).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(57, false)]
    [InlineData(58, true)]
    public void A_method_has_at_most_sixty_lines(int statements, bool isTooLong)
    {
        var body = string.Concat(Enumerable.Repeat("F();\n", statements));

        var found = SourceShape.HardPlaces(
            $"class C {{\n/// <summary>Not counted.</summary>\nvoid M()\n{{\n{body}}}\n}}"
        );

        Assert.Equal(isTooLong ? [3] : [], found.Select(f => f.Line));
    }

    static IEnumerable<string> HardPlaces(string file) =>
        SourceShape.HardPlaces(File.ReadAllText(PathOf(file))).Select(p => $"{file}:{p.Line}: {p.Text}");

    static string PathOf(string file) => Path.Combine(Repository.Root, file);

    /// <summary>All of src that is written by us, relative to the repository.</summary>
    static IEnumerable<string> Sources() =>
        Directory
            .EnumerateFiles(PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Where(f => !f.Contains("/bin/", StringComparison.Ordinal));
}
