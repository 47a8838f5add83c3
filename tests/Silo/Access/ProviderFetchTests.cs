using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>A provider that does not answer, and callers that wait for its keys.</summary>
public sealed class ProviderFetchTests : IConfigurationManager<OpenIdConnectConfiguration>
{
    readonly FakeTimeProvider _time = new();
    readonly ProviderFetch _fetch;
    TaskCompletionSource<OpenIdConnectConfiguration> _provider = new();
    int _asked;

    public ProviderFetchTests() =>
        _fetch = new ProviderFetch(new AccessOptions { ProviderTimeout = TimeSpan.FromSeconds(10) }, _time);

    [Fact]
    public async Task All_who_wait_share_one_fetch_and_none_waits_longer_than_it_may()
    {
        var waiting = Enumerable.Range(0, 5).Select(_ => Await()).ToArray();
        _time.Advance(TimeSpan.FromSeconds(10));

        foreach (var caller in waiting)
            await Assert.ThrowsAsync<ProviderAwayException>(() => caller);
        // It still goes on: who comes now waits for the same.
        var late = Await();
        _provider.SetResult(new OpenIdConnectConfiguration());
        await late;
        await Await();
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task After_a_failure_the_provider_is_left_in_peace_for_a_while_and_then_asked_again()
    {
        _provider.SetException(new InvalidOperationException("IDX20803"));
        await Assert.ThrowsAsync<ProviderAwayException>(Await);
        await Assert.ThrowsAsync<ProviderAwayException>(Await);
        Assert.Equal(1, _asked);

        _provider = new();
        _provider.SetResult(new OpenIdConnectConfiguration());
        _time.Advance(ProviderFetch.Rest);
        await Await();
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Who_goes_away_is_no_error_and_ends_the_fetch_for_nobody()
    {
        using var gone = new CancellationTokenSource();
        var first = _fetch.Await(this, gone.Token);
        var second = Await();
        await gone.CancelAsync();

        await Assert.ThrowsAsync<ProviderAwayException>(() => first);
        _provider.SetResult(new OpenIdConnectConfiguration());
        await second;
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task At_the_door_a_provider_that_hangs_is_asked_once_for_all_and_each_is_told_to_come_again()
    {
        using var provider = new TcpListener(IPAddress.Loopback, 0);
        provider.Start();
        using var issuer = new TestIssuer();
        // Its clock stands still, so that the rest after the failure is never over.
        await using var door = await DoorHost.Start(
            new FakeTimeProvider(DateTimeOffset.UtcNow),
            $"--Access:Authority=http://{provider.LocalEndpoint}",
            "--Access:Audience=clearance",
            "--Access:ProviderTimeout=00:00:01"
        );
        door.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            issuer.Token("operator")
        );
        var me = new Uri("api/v1/me", UriKind.Relative);

        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => door.Http.GetAsync(me))))
            await DoorAnswersTests.Problem(answer, 503, "part-away");

        using var only = await provider.AcceptTcpClientAsync();
        Assert.False(provider.Pending());
        Assert.DoesNotContain(door.Log.Lines, line =>
            line.Contains("credential that was not taken", StringComparison.Ordinal)
        );
    }

    Task<OpenIdConnectConfiguration> IConfigurationManager<OpenIdConnectConfiguration>.GetConfigurationAsync(
        CancellationToken cancel
    )
    {
        Interlocked.Increment(ref _asked);
        return _provider.Task;
    }

    void IConfigurationManager<OpenIdConnectConfiguration>.RequestRefresh() { }

    Task Await() => _fetch.Await(this, TestContext.Current.CancellationToken);
}
