using System.Text.Json;
using Xunit;

namespace ClearanceEngine.Tests;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("虚构 order-1 «ü» 🚢", "虚构 order-1 «ü» 🚢")]
    [InlineData("a\r\nb\tc", @"a\r\nb\tc")]
    [InlineData("\u001B[2J\0\u007F\u009B", @"\u001B[2J\u0000\u007F\u009B")]
    [InlineData("\u202Eabc\u2066\u200B\uFEFF", @"\u202Eabc\u2066\u200B\uFEFF")]
    [InlineData("\u2028\u2029", @"\u2028\u2029")]
    [InlineData("\U000E0041x", @"\uDB40\uDC41x")]
    public void What_moves_the_pen_is_escaped_and_all_else_stays(string text, string visible)
    {
        Assert.Equal(visible, VisibleText.Of(text));
        Assert.Equal(text == visible, VisibleText.IsVisible(text));
        Assert.True(VisibleText.IsVisible(visible));
    }

    [Fact]
    public void Half_a_pair_is_escaped() => Assert.Equal(@"a\uD83Db", VisibleText.Of("a\uD83Db"));

    [Fact]
    public void Lines_may_stay_lines() =>
        Assert.Equal("a\r\n\tb" + @"\u001B", VisibleText.Lines("a\r\n\tb\u001B"));

    [Fact]
    public void Inside_JSON_the_escapes_mean_what_was_there()
    {
        const string Text = "a\u202E\u009B\U000E0041";
        Assert.Equal(Text, JsonSerializer.Deserialize<string>(VisibleText.Lines($"\"{Text}\"")));
    }
}
