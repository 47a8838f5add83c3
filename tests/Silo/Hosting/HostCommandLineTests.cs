using ClearanceEngine.Silo.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Words that are no verb never start a server, and each mistake is one line that says what to do.</summary>
public sealed class HostCommandLineTests : IDisposable
{
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_names_every_verb_and_starts_nothing(string word)
    {
        Assert.Equal(ExitCode.Done, await Run(word));

        foreach (
            var verb in (string[])
                ["run", "demo", "simulate", "samples", "state", "archive", "schema", "keys", "settings"]
        )
            Assert.Contains(
                $"\n  {verb} ",
                _output.ToString().ReplaceLineEndings("\n"),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task Help_of_a_verb_names_its_words()
    {
        Assert.Equal(ExitCode.Done, await Run("help", "archive"));
        Assert.Contains("restore <grain>", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_line()
    {
        Assert.Equal(ExitCode.Done, await Run("--version"));
        Assert.Matches(@"^\d+\.\d+\.\d+", _output.ToString());
    }

    [Theory]
    [InlineData("deom", "demo")]
    [InlineData("-x", "-x")]
    [InlineData("hlep", "hlep")]
    [InlineData("state", "Required command")]
    [InlineData("state show", "grain")]
    [InlineData("archive forget p/1/2", "forget")]
    [InlineData("demo now", "now")]
    [InlineData("run --Engine:SiloPort", "--Engine:SiloPort")]
    [InlineData("--Engine:SiloPort --Urls=http://127.0.0.1:1", "--Engine:SiloPort")]
    public async Task A_word_that_is_no_verb_and_no_setting_is_refused_by_name(string line, string named)
    {
        Assert.Equal(ExitCode.Unusable, await Run(line.Split(' ')));

        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "--Storage:Provider=PostgreSql --Engine:AllowDevelopmentParts=Token,Participants",
        "Storage:Keys:Ring"
    )]
    [InlineData("state show p/1/2 --Storage:Keys:Ring:1=short --Identity:HmacKey=short", "base64")]
    public async Task A_setting_that_cannot_work_is_one_line(string line, string named)
    {
        Assert.Equal(ExitCode.Unusable, await Run([.. line.Split(' '), "--Engine:DevelopmentBroker=false"]));

        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
    }

    Task<ExitCode> Run(params string[] words) => HostCommandLine.Run(words, _output, _error);
}
