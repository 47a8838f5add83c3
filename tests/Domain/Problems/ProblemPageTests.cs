using Xunit;

namespace ClearanceEngine.Tests.Problems;

/// <summary>The pages agree with the catalogue, in both languages.</summary>
public class ProblemPageTests
{
    [Fact]
    public void The_page_agrees_with_the_catalogue() =>
        WrittenPage.Agrees("problems.md", ProblemPage.English());

    [Fact]
    public void The_Chinese_page_agrees_with_the_catalogue() =>
        WrittenPage.Agrees("problems.zh-CN.md", ProblemPage.Chinese());
}
