using System.Diagnostics.Metrics;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using static ClearanceEngine.Tests.Hsm.SigningTest;

namespace ClearanceEngine.Tests.Hsm;

public sealed class TokenSignerTests : IAsyncDisposable
{
    readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    readonly HsmOptions _options = new()
    {
        Sessions = 4,
        Timeout = TimeSpan.FromSeconds(5),
        QueueLimit = 100,
    };
    readonly SigningPoolOptions _poolOptions = new() { Sessions = 8 };
    readonly FakeToken _token = new();
    readonly FakePool _pool;
    readonly DoorHost.Book _log = new();
    TokenSigner? _signer;

    public TokenSignerTests() => _pool = new FakePool(_poolOptions, _time);

    public async ValueTask DisposeAsync()
    {
        _token.Hang.Set();
        _token.HangAtLookups.Set();
        if (_signer is not null)
        {
            await _signer.StopAsync(CancellationToken.None);
            _signer.Dispose();
        }
        Assert.Empty(_token.Misuses);
    }

    [Fact]
    public async Task Many_callers_share_the_sessions_that_the_pool_permits()
    {
        _poolOptions.Sessions = 3;
        var signer = await Start(sessions: 3);
        var signed = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(i => Task.Run(() => signer.Sign(Message(i), Participant).AsTask()))
        );
        Assert.All(signed, s => Assert.Equal(SignatureResult.Valid, EnvelopedSignature.Verify(s).Result));
        Assert.Equal(64, signed.Select(Convert.ToBase64String).Distinct().Count());
        Assert.Equal(3, _token.Most);
        Assert.Equal(64, _token.SignedBy.Values.Sum());
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_a_long_wait_ends_with_try_again()
    {
        _options.QueueLimit = 2;
        _options.Sessions = 1;
        var signer = await Start(sessions: 1);
        _token.Hang.Reset();
        var inDevice = signer.Sign(Message(), Participant).AsTask();
        await Eventually(() => signer.Waiting == 0, "the first is with the device");
        var waiting = new[]
        {
            signer.Sign(Message(1), Participant).AsTask(),
            signer.Sign(Message(2), Participant).AsTask(),
        };
        Assert.Equal(2, signer.Waiting);
        Assert.Contains(
            "QueueLimit",
            (
                await Assert.ThrowsAsync<SigningUnavailableException>(() =>
                    signer.Sign(Message(3), Participant).AsTask()
                )
            ).Message,
            StringComparison.Ordinal
        );

        _time.Advance(_options.Timeout);
        foreach (var wait in waiting.Prepend(inDevice))
            await Assert.ThrowsAsync<SigningUnavailableException>(() => wait);
        Assert.Equal(0, signer.Waiting);
        _token.Hang.Set();
        Assert.Equal(
            SignatureResult.Valid,
            EnvelopedSignature.Verify(await signer.Sign(Message(4), Participant)).Result
        );
        Assert.Equal(2, _token.SignedBy.Values.Sum()); // the one in the device, and the last; those given up left the queue
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_passed_over()
    {
        _options.Sessions = 1;
        var signer = await Start(sessions: 1);
        _token.Hang.Reset();
        var first = signer.Sign(Message(), Participant).AsTask();
        await Eventually(() => signer.Waiting == 0, "the first is with the device");
        using var cancel = new CancellationTokenSource();
        var second = signer.Sign(Message(1), Participant, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _token.Hang.Set();
        await first;
        await signer.Sign(Message(2), Participant);
        Assert.Equal(2, _token.SignedBy.Values.Sum());
    }

    [Fact]
    public async Task Sessions_close_at_the_end_of_a_lease_that_is_not_renewed_and_open_when_the_pool_is_back()
    {
        var signer = await Start(sessions: 4);
        _pool.Silent = true;
        for (var second = 0; second < 29; second++)
            await Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(4, _token.Open);
        Assert.Null(signer.Fault);
        await Pass(TimeSpan.FromSeconds(1));
        await Eventually(() => _token.Open == 0, "all closed");
        Assert.NotNull(signer.Fault);
        // Degraded, not unhealthy: without the token the silo still takes documents in.
        Assert.Equal(
            HealthStatus.Degraded,
            (await new SigningHealthCheck(signer).CheckHealthAsync(new HealthCheckContext())).Status
        );

        _pool.Silent = false;
        await PassUntil(() => signer.Sessions == 4, "sessions are back");
        await Eventually(() => signer.Fault is null, "nothing stands against signing");
        Assert.Equal(
            HealthStatus.Healthy,
            (await new SigningHealthCheck(signer).CheckHealthAsync(new HealthCheckContext())).Status
        );
    }

    [Fact]
    public async Task With_another_silo_there_sessions_beyond_the_share_are_closed_before_the_pool_is_told()
    {
        _poolOptions.Sessions = 4;
        var signer = await Start(sessions: 4);
        var other = await _pool.Lease("other", 4);
        Assert.Equal(0, other.Permits);
        // How many renewals that takes depends on how fast sessions close; what is leased and open never exceeds four.
        await PassUntil(OtherHasItsShare, "the other silo's share");
        await Eventually(() => signer.Sessions == 2, "two are left");

        bool OtherHasItsShare()
        {
            other = _pool.Renew(other, 4).Result;
            Assert.InRange(other.Permits + _token.Open, 2, 4);
            return other.Permits == 2;
        }
    }

    [Fact]
    public async Task A_session_that_hangs_keeps_its_permit()
    {
        _poolOptions.Sessions = 2;
        _options.Sessions = 2;
        var signer = await Start(sessions: 2);
        _token.Hang.Reset();
        var stuck = new[]
        {
            signer.Sign(Message(), Participant).AsTask(),
            signer.Sign(Message(1), Participant).AsTask(),
        };
        await Eventually(() => signer.Waiting == 0, "both are with the device");
        var other = await _pool.Lease("other", 2);
        await PassUntil(() => _pool.Named.Count >= 5, "some renewals");
        Assert.Equal(0, (await _pool.Renew(other, 2)).Permits);
        Assert.Equal(2, _token.Most);
        _token.Hang.Set();
        foreach (var task in stuck)
            await Assert.ThrowsAsync<SigningUnavailableException>(() => task);
        PermitLease? got = null;
        await PassUntil(() => (got = _pool.Renew(other, 2).Result).Permits == 1, "the other silo's share");
        Assert.Equal(2, _token.Most);
    }

    [Fact]
    public async Task Sessions_that_hang_are_abandoned_and_counted_and_others_sign_in_their_place()
    {
        var signer = await Start(sessions: 4);
        _token.Hang.Reset();
        var stuck = Enumerable
            .Range(0, 4)
            .Select(i => signer.Sign(Message(i), Participant).AsTask())
            .ToArray();
        await Eventually(() => signer.Waiting == 0, "all are with the device");
        await PassUntil(() => signer.Hung == 4, "they hang");
        foreach (var task in stuck)
            await Assert.ThrowsAsync<SigningUnavailableException>(() => task);
        // The device is well again; what it has swallowed it keeps.
        _token.Swallowed = true;
        await PassUntil(() => signer.Sessions == 4, "others in their place");
        Assert.Equal((4, 8), (signer.Hung, _token.Open));
        Assert.Equal(HealthStatus.Degraded, (await Health(signer)).Status);
        Assert.Contains("4 sessions hang", (await Health(signer)).Description, StringComparison.Ordinal);
        Assert.Equal(
            SignatureResult.Valid,
            EnvelopedSignature.Verify(await signer.Sign(Message(4), Participant)).Result
        );

        _token.Hang.Set();
        await PassUntil(() => _token.Open == 4 && signer.Hung == 0, "those let go are closed");
        Assert.Equal((8, 8), (_token.Most, _token.Opened));
        Assert.Equal(HealthStatus.Healthy, (await Health(signer)).Status);
    }

    [Fact]
    public async Task A_token_that_swallows_every_session_holds_no_more_than_so_many_and_health_says_so()
    {
        _poolOptions.Sessions = 64;
        _options.HungSessions = 2;
        var signer = await Start(sessions: 4);
        _token.Hang.Reset();
        for (var round = 0; round < 10; round++)
        {
            var tries = Enumerable
                .Range(0, 4)
                .Select(i => signer.Sign(Message(i), Participant).AsTask())
                .ToArray();
            for (var second = 0; second < 12; second++)
                await Pass(TimeSpan.FromSeconds(1));
            Assert.All(tries, t => Assert.IsType<SigningUnavailableException>(t.Exception?.InnerException));
        }
        Assert.Equal(6, _token.Most);
        var health = await Health(signer);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("6 sessions have hung", health.Description, StringComparison.Ordinal);
        Assert.Equal(0, signer.Waiting);
    }

    [Fact]
    public async Task A_token_that_hangs_holds_up_no_end()
    {
        var signer = await Start(sessions: 4);
        _token.Hang.Reset();
        _token.HangAtLookups.Reset();
        var stuck = signer.Sign(Message(), Participant).AsTask();
        await PassUntil(() => stuck.IsCompleted, "nobody waits longer than the time-out");
        await Assert.ThrowsAsync<SigningUnavailableException>(() => stuck);

        var end = signer.StopAsync(CancellationToken.None);
        await PassUntil(() => end.IsCompleted, "stopped");
        signer.Dispose();
    }

    [Fact]
    public async Task A_token_that_was_never_fit_is_not_called_away_and_readiness_fails_until_it_is_put_right()
    {
        _token.Unfit = "The token clearance offers neither CKM_SHA1_RSA_PKCS nor CKM_RSA_PKCS";
        var signer = Signer();
        await signer.StartAsync(CancellationToken.None);
        await Eventually(() => signer.IsUnfit, "found unfit");
        var health = await Health(signer);
        Assert.Equal((HealthStatus.Unhealthy, _token.Unfit), (health.Status, health.Description));

        _token.Unfit = null;
        await PassUntil(() => signer.Sessions == 4, "sessions are open");
        Assert.Equal(HealthStatus.Healthy, (await Health(signer)).Status);
        // A silo that has worked stays in service, whatever the token says later.
        _token.Unfit = "The token refuses the PIN";
        await PassUntil(() => signer.Fault is not null, "the fault is seen");
        Assert.Equal(HealthStatus.Degraded, (await Health(signer)).Status);
    }

    [Fact]
    public async Task A_session_that_failed_never_comes_back_and_its_signature_is_made_by_another()
    {
        var signer = await Start(sessions: 4);
        _token.SessionsBreak = true;
        Assert.Equal(
            SignatureResult.Valid,
            EnvelopedSignature.Verify(await signer.Sign(Message(), Participant)).Result
        );
        await PassUntil(() => signer.Sessions == 4, "a new session in its place");
        Assert.Equal(5, _token.Opened);
        Assert.Equal(4, _token.Most);
    }

    [Fact]
    public async Task A_wrong_signature_never_leaves()
    {
        var signer = await Start(sessions: 4);
        _token.SignsWrongly = true;
        var wrong = await Assert.ThrowsAsync<SigningUnavailableException>(() =>
            signer.Sign(Message(), Participant).AsTask()
        );
        Assert.Contains("does not verify", wrong.Message, StringComparison.Ordinal);
        _token.SignsWrongly = false;
        await signer.Sign(Message(), Participant);
    }

    [Fact]
    public async Task A_message_that_is_not_canonical_is_not_sent()
    {
        var signer = await Start(sessions: 4);
        var text = System
            .Text.Encoding.UTF8.GetString(Message())
            .Replace("guid=\"G0\" version=\"1.0\"", "version=\"1.0\" guid=\"G0\"", StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            signer.Sign(System.Text.Encoding.UTF8.GetBytes(text), Participant).AsTask()
        );
    }

    [Fact]
    public async Task While_the_token_is_away_callers_are_told_to_try_again_and_it_goes_on_by_itself()
    {
        var signer = await Start(sessions: 4);
        _token.Away = true;
        await PassUntil(() => _token.Open == 0 && _token.Resets > 0, "all closed");
        Assert.Equal("the device is away", signer.Fault);
        var refused = signer.Sign(Message(), Participant).AsTask();
        _time.Advance(_options.Timeout);
        Assert.Contains(
            "the device is away",
            (await Assert.ThrowsAsync<SigningUnavailableException>(() => refused)).Message,
            StringComparison.Ordinal
        );

        _token.Away = false;
        await PassUntil(() => signer.Sessions == 4, "sessions are back");
        Assert.Equal(
            SignatureResult.Valid,
            EnvelopedSignature.Verify(await signer.Sign(Message(), Participant)).Result
        );
    }

    /// <summary>It is looked for every second; whoever reads the log in the morning is told how long it was away, not 30 000 times.</summary>
    [Theory]
    [InlineData(false, "The signing token is away")]
    [InlineData(true, "The signing token cannot be used as it is set up")]
    public async Task A_token_that_is_away_is_told_at_once_then_once_a_minute_and_when_it_is_back(
        bool isUnfit,
        string told
    )
    {
        var signer = await Start(sessions: 4);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("token is back", StringComparison.Ordinal));
        _token.Away = !isUnfit;
        _token.Unfit = isUnfit ? "it is set up wrongly" : null;
        await PassUntil(() => Told(told) == 1, "told at once");

        var checks = _token.Checks;
        for (var second = 0; second < 50; second++)
            await Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Told(told));
        await PassUntil(() => Told(told) == 2, "told after a minute");
        Assert.True(_token.Checks - checks > 2, "It was looked for more often than it was told.");

        (_token.Away, _token.Unfit) = (false, null);
        await PassUntil(() => signer.Sessions == 4, "sessions are back");
        Assert.Equal(1, Told("The signing token is back"));

        // The next absence is told at once, however soon it comes.
        _token.Away = true;
        var tellings = isUnfit ? 1 : 3;
        await PassUntil(() => Told("The signing token is away") == tellings, "told at once");
        Assert.Equal(1, Told("The signing token is back"));
    }

    [Fact]
    public async Task A_pool_that_is_silent_is_told_once_a_minute()
    {
        await Start(sessions: 4);
        _pool.Silent = true;
        await PassUntil(() => Told("The signing pool cannot be asked") == 1, "told at once");

        var calls = _pool.Calls;
        for (var second = 0; second < 50; second++)
            await Pass(TimeSpan.FromSeconds(1));
        Assert.True(_pool.Calls - calls > 2, "It was asked more often than it was told.");
        Assert.Equal(1, Told("The signing pool cannot be asked"));
    }

    int Told(string beginning) => _log.Lines.Count(l => l.StartsWith(beginning, StringComparison.Ordinal));

    [Fact]
    public async Task A_participant_without_a_key_is_named()
    {
        var signer = await Start(sessions: 4);
        Assert.Contains(
            "9999900009",
            (
                await Assert.ThrowsAsync<UnknownSigningKeyException>(() =>
                    signer.Sign(Message(), "9999900009").AsTask()
                )
            ).Message,
            StringComparison.Ordinal
        );
        Assert.False(await signer.Belongs("9999900009", FakeToken.Certificate));
        Assert.True(await signer.Belongs(Participant, FakeToken.Certificate));
    }

    [Fact]
    public async Task A_silo_that_stops_closes_its_sessions_and_gives_its_permits_back()
    {
        var signer = await Start(sessions: 4);
        Assert.Single(await _pool.Show());
        await signer.StopAsync(CancellationToken.None);
        Assert.Empty(await _pool.Show());
        Assert.Equal(0, _token.Open);
    }

    [Fact]
    public async Task A_pool_that_does_not_answer_holds_up_no_end()
    {
        var signer = await Start(sessions: 4);
        _pool.Hang = new TaskCompletionSource<PermitLease>();
        var before = _pool.Calls;
        var end = signer.StopAsync(CancellationToken.None);
        await Eventually(() => _pool.Calls > before, "the permits are offered");
        Assert.False(end.IsCompleted);

        _time.Advance(TokenSigner.StopTime);
        await end.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _token.Open);
        _pool.Hang.SetException(new TimeoutException("the pool is silent"));
    }

    [Fact]
    public async Task What_waits_and_what_is_open_is_measured()
    {
        var signer = await Start(sessions: 4);
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == SigningMetrics.Name)
                l.EnableMeasurementEvents(instrument);
        };
        // Other tests' signers measure under the same name; the most is this one's at least.
        void See(string name, double value)
        {
            lock (seen)
                seen[name] = Math.Max(seen.GetValueOrDefault(name), value);
        }
        listener.SetMeasurementEventCallback<int>((i, v, _, _) => See(i.Name, v));
        listener.SetMeasurementEventCallback<long>((i, v, _, _) => See(i.Name, v));
        listener.SetMeasurementEventCallback<double>((i, v, _, _) => See(i.Name, v));
        listener.Start();
        await signer.Sign(Message(), Participant);
        _token.SessionsBreak = true;
        await signer.Sign(Message(), Participant);
        listener.RecordObservableInstruments();
        Assert.Equal(
            [
                "signing.duration",
                "signing.permits",
                "signing.session.failures",
                "signing.sessions",
                "signing.sessions.hung",
                "signing.signatures",
                "signing.waiting",
            ],
            seen.Keys.Where(k => k != "signing.refused").Order(StringComparer.Ordinal)
        );
        Assert.True(seen["signing.permits"] >= 4);
        Assert.True(seen["signing.sessions"] >= 3);
    }

    async Task<TokenSigner> Start(int sessions)
    {
        var signer = Signer();
        await signer.StartAsync(CancellationToken.None);
        await Eventually(() => signer.Sessions == sessions, "sessions are open");
        // A known key is handed to a session at once, without a look-up before it.
        Assert.True(await signer.Belongs(Participant, FakeToken.Certificate));
        return signer;
    }

    TokenSigner Signer() =>
        _signer = new TokenSigner(
            _token,
            _options,
            _poolOptions,
            _pool,
            _time,
            new LoggerFactory([_log]).CreateLogger<TokenSigner>()
        );

    static Task<HealthCheckResult> Health(TokenSigner signer) =>
        new SigningHealthCheck(signer).CheckHealthAsync(new HealthCheckContext());

    /// <summary>Lets time pass; what it set off runs on other threads.</summary>
    async Task Pass(TimeSpan time)
    {
        _time.Advance(time);
        await Task.Delay(2);
    }

    async Task PassUntil(Func<bool> reached, string what)
    {
        for (var i = 0; i < 600 && !reached(); i++)
            await Pass(TimeSpan.FromMilliseconds(500));
        Assert.True(reached(), $"not reached: {what}");
    }
}
