using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ClearanceEngine.Tests.Hosting;
using Xunit;

namespace ClearanceEngine.Tests.Contract;

/// <summary>A company's developer gets to a released parcel and its receipts by the page alone (docs/first-parcel.md); others get nothing.</summary>
public sealed class FirstParcelTests(EmbeddedEngine engine) : IClassFixture<EmbeddedEngine>, IDisposable
{
    const string Parcel = "api/v1/parcels/9999900001/TEST-ORD-20261120-0001";

    readonly string _folder = Directory.CreateTempSubdirectory("clearance-steps-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_steps_of_the_page_lead_to_a_released_parcel_and_its_receipts_and_others_get_nothing()
    {
        var (code, said) = await Follow("first-parcel.md");
        Assert.True(code == 0, said);
        Assert.Contains("\"name\":\"company-9999900005\"", said, StringComparison.Ordinal);

        var parcel = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "parcel.json")))!;
        Assert.Equal("released", $"{parcel["state"]}");
        Assert.Contains(parcel["receipts"]!.AsArray(), r => $"{r!["status"]}" == "800");
        Assert.Contains("{\"receipts\":[{\"type\":\"CEB622Message\"", said, StringComparison.Ordinal);
        Assert.Contains("parcel-not-found", said, StringComparison.Ordinal);

        using var http = engine.Client(null);
        await OthersGetNothing(http);
    }

    [Fact]
    public void Both_languages_have_the_same_steps() =>
        Assert.Equal(Steps("first-parcel.md"), Steps("first-parcel.zh-CN.md"));

    static async Task OthersGetNothing(HttpClient http)
    {
        string[] reads =
        [
            Parcel,
            "api/v1/parcels?list=TESTCOP20261120001&company=9999900005",
            "api/v1/parcels?waybill=TESTWB0000000001&company=9999900004",
            "api/v1/me",
        ];
        foreach (var read in reads)
        {
            using var answer = await http.GetAsync(new Uri(read, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.DoesNotContain(
                "TESTCOP",
                await answer.Content.ReadAsStringAsync(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Another_company_that_follows_the_reads_of_the_page_is_told_of_no_parcel()
    {
        var (code, said) = await Follow("first-parcel.md");
        Assert.True(code == 0, said);
        using var http = engine.Client("company-9999900007");
        string[] reads =
        [
            Parcel,
            "api/v1/parcels?list=TESTCOP20261120001&company=9999900005",
            "api/v1/parcels?waybill=TESTWB0000000001&company=9999900004",
        ];
        foreach (var read in reads)
        {
            using var answer = await http.GetAsync(new Uri(read, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    async Task<(int Code, string Said)> Follow(string page)
    {
        var script = Path.Combine(_folder, "steps.sh");
        await File.WriteAllTextAsync(script, Steps(page));
        var start = new ProcessStartInfo("sh", ["-e", script])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ENGINE"] = engine.Url;
        start.Environment["DATA"] = engine.Data;
        using var shell = Process.Start(start)!;
        var error = shell.StandardError.ReadToEndAsync();
        var said = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, said + await error);
    }

    /// <summary>The blocks that are for a shell, and nothing else.</summary>
    static string Steps(string page)
    {
        var blocks = File.ReadAllText(Path.Combine(Repository.Root, "docs", page)).Split("```");
        return string.Concat(
            blocks.Where(b => b.StartsWith("sh\n", StringComparison.Ordinal)).Select(b => b["sh\n".Length..])
        );
    }
}
