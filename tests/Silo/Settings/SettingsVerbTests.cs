using System.Text.Json;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Terminal;

namespace ClearanceEngine.Tests.Settings;

/// <summary><c>settings</c> shows what is in effect, who gave it and what it means; it starts and makes nothing.</summary>
public sealed class SettingsVerbTests : IDisposable
{
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();
    readonly string _directory = Path.Combine(Path.GetTempPath(), $"clearance-settings-{Guid.NewGuid():N}");

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Each_setting_stands_with_its_value_and_who_gave_it()
    {
        Assert.Equal(ExitCode.Done, await Run("settings", "--Engine:Partitions=16"));

        var text = _output.ToString();
        Assert.Contains("Engine:Partitions = 16  [命令行 command line]", text, StringComparison.Ordinal);
        Assert.Contains("Engine:SiloPort = 11111  [默认 default]", text, StringComparison.Ordinal);
        Assert.Contains(
            "Engine:Simulator = true  [由其他设置推得 derived from others]",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Parcel:DocumentsWait = 00:00:00  [由其他设置推得 derived",
            text,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_directory), "something was made");
    }

    [Fact]
    public async Task Secrets_are_masked()
    {
        string[] secret =
        [
            "--Identity:HmacKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "--Storage:Keys:Ring:1=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "--Storage:Provider=PostgreSql",
            "--Storage:ConnectionString=Host=db;Username=me;Password=hidden",
            "--Kafka:BootstrapServers=kafka:9092",
            "--Kafka:SecurityProtocol=SaslSsl",
            "--Kafka:SaslMechanism=Plain",
            "--Kafka:SaslUsername=me",
            "--Kafka:SaslPassword=hidden",
            "--Kafka:Common:ssl.keystore.password=hidden",
            "--Hsm:Pin=hidden",
            "--Engine:OtlpEndpoint=http://me:hidden@collector:4317",
            "--Engine:AllowDevelopmentParts=Token,Participants,Identity",
        ];
        Assert.Equal(ExitCode.Done, await Run(["settings", .. secret]));

        var text = _output.ToString();
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        Assert.DoesNotContain("MDEyMzQ1", text, StringComparison.Ordinal);
        Assert.Contains("Username=me", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Identity:HmacKey = ***", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_is_for_programs_and_what_cannot_work_is_in_it()
    {
        Assert.Equal(ExitCode.Unusable, await Run("settings", "--json", "--Engine:Partitions=0"));

        using var json = JsonDocument.Parse(_output.ToString());
        var partitions = json
            .RootElement.GetProperty("settings")
            .EnumerateArray()
            .Single(s => s.GetProperty("name").GetString() == "Engine:Partitions");
        Assert.Equal("0", partitions.GetProperty("value").GetString());
        Assert.StartsWith(
            "Engine:Partitions = 0 ",
            Assert.Single(json.RootElement.GetProperty("faults").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Engine:Limits:3:SingleFen", "Engine:Limits:N:SingleFen")]
    [InlineData("engine:partitions", "Engine:Partitions")]
    [InlineData("Identity", "Identity:HmacKey")]
    public async Task A_setting_is_explained(string asked, string name)
    {
        Assert.Equal(ExitCode.Done, await Run("settings", "--explain", asked));

        var text = _output.ToString();
        Assert.StartsWith(name, text, StringComparison.Ordinal);
        foreach (var part in (string[])["\n  默认 default:", "\n  允许 allowed:", "\n  作用 effect:"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_is_Chinese_with_the_English_below()
    {
        Assert.Equal(ExitCode.Done, await Run("settings", "--explain", "Engine:AdvertisedAddress"));

        string[] lines =
        [
            "Engine:AdvertisedAddress",
            "  默认 default: 主机名对应的地址",
            "    that of the host's name",
            "  允许 allowed: 文本",
            "    a text",
            "  作用 effect: 其他节点访问本节点所用的 IP 地址。",
            "    IP address by which other silos reach this one.",
        ];
        Assert.Equal(lines, _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("Engine:SiloPort", "TCP 端口 TCP port")]
    [InlineData("Engine:IdleAfter", "[d.]hh:mm:ss")]
    public async Task A_unit_that_is_words_is_told_in_both_languages(string setting, string unit)
    {
        Assert.Equal(ExitCode.Done, await Run("settings", "--explain", setting));

        Assert.Contains($"\n  单位 unit: {unit}\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Storage:ConnectionString=postgresql://u:SECRET@db/x?sslmode=require")]
    [InlineData("Storage:ConnectionString=Host=db;Username=u;PSW=SECRET")]
    [InlineData("Storage:ConnectionString=Host=db;Ssl Password=SECRET;Passfile=SECRET")]
    [InlineData("Engine:OtlpEndpoint=http://u:p SECRET@collector:4317")]
    public async Task No_secret_is_printed_in_whatever_form_it_is_given(string setting)
    {
        await Run("settings", $"--{setting}", "--Storage:Provider=PostgreSql");
        Assert.DoesNotContain("SECRET", $"{_output}{_error}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Engine:Partition", "Engine:Partitions")]
    [InlineData("Port:Interception", "CustomsPort:Interception")]
    [InlineData("waiting", "Unmatched")]
    public async Task An_unknown_setting_is_answered_with_the_nearest_and_a_former_one_with_todays_name(
        string asked,
        string meant
    )
    {
        Assert.Equal(ExitCode.Refused, await Run("settings", "--explain", asked));
        Assert.Contains($"did you mean: {meant}?", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_explanation_and_every_line_fits_a_terminal()
    {
        foreach (var section in ClearanceEngine.Silo.Settings.SettingsCatalogue.Sections)
            await Run("settings", "--explain", section.Name);
        Assert.Equal(ExitCode.Done, await HostCommandLine.Run(["settings"], _output, _error));

        var lines = _output.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.All(lines, l => Assert.True(Consoles.Columns(l) <= 80, l));
    }

    Task<ExitCode> Run(params string[] words) =>
        HostCommandLine.Run([.. words, $"--Engine:DataDirectory={_directory}"], _output, _error);
}
