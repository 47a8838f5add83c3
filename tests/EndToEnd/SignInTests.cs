using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The command line signs in at a running engine of the embedded default, as several of its accounts.</summary>
public sealed class SignInTests(DoorEngine engine) : IClassFixture<DoorEngine>, IDisposable
{
    const string OrderNo = "SIGN-IN-0001";

    readonly UserOfCommands _user = new(engine.Http.BaseAddress!);

    public void Dispose() => _user.Dispose();

    [Fact]
    public async Task An_account_logs_in_declares_and_sees_what_another_may_not_see()
    {
        var order = Path.Combine(_user.Home, "order.xml");
        await File.WriteAllBytesAsync(order, DoorEngine.Order(OrderNo, 71));
        string[] parcel = ["parcel", SampleParcel.Platform, OrderNo];

        await LogIn($"company-{SampleParcel.Platform}");
        var me = await _user.Run(CommandLine.Done, "whoami");
        Assert.Equal($"company-{SampleParcel.Platform}", me.GetProperty("name").GetString());
        Assert.Equal(
            SampleParcel.Platform,
            Assert.Single(me.GetProperty("participants").EnumerateArray()).GetString()
        );
        await _user.Run(CommandLine.Done, "submit", order);
        Assert.Equal(OrderNo, (await _user.Run(CommandLine.Done, parcel)).GetProperty("orderNo").GetString());

        await LogIn($"company-{SampleParcel.Site}");
        Assert.Equal("parcel-not-found", UserOfCommands.Code(await _user.Run(CommandLine.Refused, parcel)));
        var refused = await _user.Run(CommandLine.Refused, "submit", order);
        Assert.Contains("copCode", refused[0].GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            "not-allowed",
            UserOfCommands.Code(await _user.Run(CommandLine.Refused, [.. parcel, "--ask"]))
        );
    }

    [Fact]
    public async Task Who_has_not_logged_in_is_told_how_and_who_has_logged_out_again_too()
    {
        Assert.Equal("sign-in-needed", UserOfCommands.Code(await _user.Run(CommandLine.Refused, "whoami")));

        await LogIn("auditor");
        await _user.Run(CommandLine.Done, "whoami");
        await _user.Run(CommandLine.Done, "logout");
        var refused = await _user.Run(CommandLine.Refused, "whoami");
        Assert.Contains("clearance login", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_an_engine_that_was_started_in_this_folder_no_login_is_needed()
    {
        Directory.CreateDirectory(Path.Combine(_user.Home, "data"));
        const string Accounts = "development-accounts.json";
        File.Copy(Path.Combine(engine.DataDirectory, Accounts), Path.Combine(_user.Home, "data", Accounts));

        Assert.Equal(
            "developer",
            (await _user.Run(CommandLine.Done, "whoami")).GetProperty("name").GetString()
        );
    }

    Task<JsonElement> LogIn(string account) =>
        _user.Run(CommandLine.Done, "login", "--dev", "--data", engine.DataDirectory, "--account", account);
}
