using System.Net;
using System.Net.Sockets;
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

    [Theory]
    [InlineData("help", "clearance-silo [command] [options]")]
    [InlineData("help keys show", "clearance-silo keys show [options]")]
    [InlineData("archive restore --help", "clearance-silo archive restore <grain> [options]")]
    public async Task Help_names_the_command_as_its_users_do(string line, string usage)
    {
        Assert.Equal(ExitCode.Done, await Run(line.Split(' ')));

        Assert.Contains(
            $"\n  {usage}",
            _output.ToString().ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("ClearanceEngine.Silo", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("additional arguments", _output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Where users look: the help, and the table that the host shares with the client, in both languages.</summary>
    [Fact]
    public async Task Every_exit_code_is_told_in_the_help_and_on_the_page()
    {
        await Run("help");
        string[] pages = ["docs/client.md", "docs/client.zh-CN.md"];
        var codes = Enum.GetValues<ExitCode>().Select(c => $"{c:D}").ToArray();

        Assert.All(codes, c => Assert.Matches($@"\b{c} \p{{IsCJKUnifiedIdeographs}}", _output.ToString()));
        Assert.All(pages, p => Assert.Equal(codes, CodesOf(p)));
    }

    /// <summary>The first column of the one table of three that counts.</summary>
    static IEnumerable<string> CodesOf(string page) =>
        File.ReadLines(Path.Combine(Repository.Root, page))
            .Select(l => l.Split('|'))
            .Where(c => c.Length == 5 && c[1].Trim().All(char.IsAsciiDigit))
            .Select(c => c[1].Trim());

    /// <summary>Nobody listens at port 1.</summary>
    [Theory]
    [InlineData("state show p/1/2")]
    [InlineData("keys show")]
    public async Task A_database_that_is_away_is_out_of_reach(string verb)
    {
        string[] settings =
        [
            "--Storage:Provider=PostgreSql",
            "--Storage:ConnectionString=Host=127.0.0.1;Port=1;Database=x;Username=x",
            "--Storage:Keys:Ring:1=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "--Identity:HmacKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        ];

        Assert.Equal(ExitCode.OutOfReach, await Run([.. verb.Split(' '), .. settings]));
        Assert.Contains("127.0.0.1:1/x as x cannot be used: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(". Check that it runs", _error.ToString(), StringComparison.Ordinal);
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
        "--Storage:Provider=PostgreSql --Engine:AllowDevelopmentParts=Token,Participants,Identity",
        "Storage:Keys:Ring"
    )]
    [InlineData("state show p/1/2 --Storage:Keys:Ring:1=short --Identity:HmacKey=short", "base64")]
    public async Task A_setting_that_cannot_work_is_one_line(string line, string named)
    {
        Assert.Equal(ExitCode.Unusable, await Run([.. line.Split(' '), "--Engine:DevelopmentBroker=false"]));

        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Whoever looks in the wrong folder is told so, and leaves nothing there.</summary>
    [Theory]
    [InlineData("state show p/1/2")]
    [InlineData("archive show p/1/2")]
    [InlineData("archive restore p/1/2")]
    [InlineData("keys show")]
    [InlineData("keys forget Identity:HmacKey")]
    public async Task A_verb_that_looks_makes_no_database_where_there_is_none(string line)
    {
        var folder = Directory.CreateTempSubdirectory("clearance-unused-").FullName;
        try
        {
            var data = Path.Combine(folder, "data");
            Assert.Equal(ExitCode.Refused, await Run([.. line.Split(' '), $"--Engine:DataDirectory={data}"]));

            Assert.StartsWith(
                $"没有数据库 {Path.Combine(data, "clearance.db")}。There is no database ",
                _error.ToString(),
                StringComparison.Ordinal
            );
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Beside an engine: both of its ports are told at once.</summary>
    [Fact]
    public async Task A_demo_whose_ports_are_taken_is_a_line_for_each()
    {
        using var door = new TcpListener(IPAddress.Loopback, 0);
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        door.Start();
        silo.Start();
        var folder = Directory.CreateTempSubdirectory("clearance-demo-").FullName;
        try
        {
            var code = await Run(
                "demo",
                $"--Engine:DataDirectory={folder}",
                $"--Urls=http://{door.LocalEndpoint}",
                $"--Engine:SiloPort={((IPEndPoint)silo.LocalEndpoint).Port}"
            );
            Assert.Equal(ExitCode.OutOfReach, code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var lines = _error.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"  Urls: {door.LocalEndpoint} 不可用", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(
            $"  Engine:SiloPort: {silo.LocalEndpoint} 不可用",
            lines[2],
            StringComparison.Ordinal
        );
    }

    Task<ExitCode> Run(params string[] words) => HostCommandLine.Run(words, _output, _error);
}
