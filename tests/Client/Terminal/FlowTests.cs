using ClearanceEngine.Terminal;
using CsCheck;
using Spectre.Console;
using Xunit;

namespace ClearanceEngine.Tests.Terminal;

public sealed class FlowTests
{
    const string Order = "SIM-PAYMENTREFUSED-1210-017";

    [Fact]
    public void A_number_between_Chinese_signs_is_never_cut()
    {
        var text = $"海关已受理电商平台的订单{Order}，请等待后续回执。Wait for the receipts of {Order}.";
        for (var width = Order.Length + 4; width < 100; width++)
        {
            var printed = PipedRun.Printed(new Flow(text, indent: 2), width);
            PipedRun.Fits(printed, width);
            Assert.Equal(3, printed.Split(Order).Length);
        }
    }

    [Fact]
    public void Nothing_is_lost_whatever_the_width() =>
        Gen.Select(Gen.Int[24, 120], Gen.String[Gen.Char["ab-9,，。中文（《 "], 0, 300])
            .Sample(
                (width, text) =>
                {
                    var printed = PipedRun.Printed(new Flow(text), width);
                    PipedRun.Fits(printed, width);
                    Assert.Equal(Bare(text), Bare(printed));
                }
            );

    [Theory]
    [InlineData(',')]
    [InlineData('，')]
    [InlineData('；')]
    [InlineData('：')]
    [InlineData('）')]
    public void Punctuation_stays_with_the_sign_before_it(char punctuation)
    {
        var text = string.Concat(Enumerable.Repeat($"中文字{punctuation}", 40));
        for (var width = 36; width < 44; width++)
        {
            var printed = PipedRun.Printed(new Flow(text), width);
            Assert.DoesNotContain(printed.Split('\n'), line => line.StartsWith(punctuation));
        }
    }

    [Fact]
    public void An_opening_bracket_stays_with_the_sign_after_it()
    {
        var text = string.Concat(Enumerable.Repeat("中文字（", 40));
        for (var width = 36; width < 44; width++)
        {
            var printed = PipedRun.Printed(new Flow(text), width);
            Assert.DoesNotContain(printed.TrimEnd().Split('\n')[..^1], line => line.EndsWith('（'));
        }
    }

    [Fact]
    public void What_would_drive_the_terminal_is_shown_as_text()
    {
        var printed = PipedRun.Printed(new Flow("a\u001B[2Jb\u202Ec"), 80);
        Assert.Equal("a\\u001B[2Jb\\u202Ec\n", printed);
    }

    [Fact]
    public void Colours_stay_with_their_words()
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.Standard,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = 24;
        console.Line($"aaaaaaaaaaaaaaaaaaaa [red]{"bbbbbbbb"}[/] c");
        Assert.Contains("mbbbbbbbb\u001B[0m", output.ToString(), StringComparison.Ordinal);
    }

    static string Bare(string text) => string.Concat(text.Where(c => c is not (' ' or '\n')));
}
