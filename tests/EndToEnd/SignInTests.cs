using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Terminal;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The command line signs in at a running engine of the embedded default, as several of its accounts.</summary>
public sealed class SignInTests(DoorEngine engine) : IClassFixture<DoorEngine>, IDisposable
{
    const string OrderNo = "SIGN-IN-0001";

    readonly string _home = Directory.CreateTempSubdirectory("clearance-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task An_account_logs_in_declares_and_sees_what_another_may_not_see()
    {
        var order = Path.Combine(_home, "order.xml");
        await File.WriteAllBytesAsync(order, DoorEngine.Order(OrderNo, 71));
        string[] parcel = ["parcel", SampleParcel.Platform, OrderNo];

        await LogIn($"company-{SampleParcel.Platform}");
        var me = await Run(CommandLine.Done, "whoami");
        Assert.Equal($"company-{SampleParcel.Platform}", me.GetProperty("name").GetString());
        Assert.Equal(
            SampleParcel.Platform,
            Assert.Single(me.GetProperty("participants").EnumerateArray()).GetString()
        );
        await Run(CommandLine.Done, "submit", order);
        Assert.Equal(OrderNo, (await Run(CommandLine.Done, parcel)).GetProperty("orderNo").GetString());

        await LogIn($"company-{SampleParcel.Site}");
        Assert.Equal("parcel-not-found", Code(await Run(CommandLine.Refused, parcel)));
        var refused = await Run(CommandLine.Refused, "submit", order);
        Assert.Contains("copCode", refused[0].GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Equal("not-allowed", Code(await Run(CommandLine.Refused, [.. parcel, "--ask"])));
    }

    [Fact]
    public async Task Who_has_not_logged_in_is_told_how_and_who_has_logged_out_again_too()
    {
        Assert.Equal("sign-in-needed", Code(await Run(CommandLine.Refused, "whoami")));

        await LogIn("auditor");
        await Run(CommandLine.Done, "whoami");
        await Run(CommandLine.Done, "logout");
        var refused = await Run(CommandLine.Refused, "whoami");
        Assert.Contains("clearance login", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_an_engine_that_was_started_in_this_folder_no_login_is_needed()
    {
        Directory.CreateDirectory(Path.Combine(_home, "data"));
        const string Accounts = "development-accounts.json";
        File.Copy(Path.Combine(engine.DataDirectory, Accounts), Path.Combine(_home, "data", Accounts));

        Assert.Equal("developer", (await Run(CommandLine.Done, "whoami")).GetProperty("name").GetString());
    }

    Task<JsonElement> LogIn(string account) =>
        Run(CommandLine.Done, "login", "--dev", "--data", engine.DataDirectory, "--account", account);

    /// <summary>Runs a command of a user whose home and folder are this test's.</summary>
    async Task<JsonElement> Run(int exitCode, params string[] words)
    {
        var around = new Surroundings(null, TimeProvider.System, name => name == "HOME" ? _home : null)
        {
            Input = null,
            Folder = _home,
        };
        var output = new StringWriter();
        var address = engine.Http.BaseAddress!.ToString();
        var code = await CommandLine.Run(
            [.. words, "--json", "--url", address],
            Consoles.Plain(output),
            around
        );

        Assert.True(code == exitCode, $"{code}: {output}");
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    static string? Code(JsonElement failure) => failure.GetProperty("error").GetProperty("code").GetString();
}
