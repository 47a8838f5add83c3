using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>The pages agree with the table, in both languages.</summary>
public class RightsPageTests
{
    [Fact]
    public void The_page_agrees_with_the_table() => WrittenPage.Agrees("rights.md", RightsPage.English());

    [Fact]
    public void The_Chinese_page_agrees_with_the_table() =>
        WrittenPage.Agrees("rights.zh-CN.md", RightsPage.Chinese());
}
