using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Problems;

/// <summary>The pages agree with the catalogue, in both languages. <c>CLEARANCE_WRITE_DOCS=docs</c> makes them anew instead.</summary>
public class ProblemPageTests
{
    [Fact]
    public void The_page_agrees_with_the_catalogue() => Agree("problems.md", ProblemPage.English());

    [Fact]
    public void The_Chinese_page_agrees_with_the_catalogue() =>
        Agree("problems.zh-CN.md", ProblemPage.Chinese());

    static void Agree(string page, string written)
    {
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { } docs)
            File.WriteAllText(Path.Combine(Repository.Root, docs, page), written);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "docs", page)), written);
    }
}
