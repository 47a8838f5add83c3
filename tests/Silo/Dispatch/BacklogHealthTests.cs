using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>What waits for too long is seen in health, with how much and since when.</summary>
public sealed class BacklogHealthTests
{
    [Fact]
    public async Task Health_is_degraded_while_a_message_is_unfinished_for_too_long()
    {
        var result = await Check(new Backlog(3, Given.Noon.AddMinutes(-6), 0, 0));
        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Contains(
            "3 unfinished messages is 00:06:00 old",
            result.Description!,
            StringComparison.Ordinal
        );
        Assert.Equal(360.0, result.Data["oldestUnfinishedSeconds"]);
        Assert.Equal(3L, result.Data["unfinishedMessages"]);
    }

    [Fact]
    public async Task Health_is_degraded_while_a_grain_that_is_due_could_not_be_woken_for_too_long()
    {
        var result = await Check(new Backlog(0, null, 12, 3), fails: true);
        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Contains("15 due grains", result.Description!, StringComparison.Ordinal);
        Assert.Contains("00:06:00 ago", result.Description!, StringComparison.Ordinal);
        Assert.Equal(15L, result.Data["dueGrains"]);
        Assert.Equal(1, result.Data["failingGrains"]);
    }

    [Fact]
    public async Task What_has_just_come_is_no_fault()
    {
        var result = await Check(new Backlog(90, Given.Noon.AddMinutes(-4), 4_000, 1_000));
        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(5_000L, result.Data["dueGrains"]);
    }

    [Fact]
    public async Task A_receiver_whose_topic_fails_is_named()
    {
        var result = await Check(new Backlog(0, null, 0, 0), broken: true);
        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Contains(Given.Platform, result.Description!, StringComparison.Ordinal);
        Assert.Equal(
            "the broker is away",
            ((IReadOnlyDictionary<string, string>)result.Data["brokenReceivers"])[Given.Platform]
        );
    }

    static async Task<HealthCheckResult> Check(Backlog backlog, bool broken = false, bool fails = false)
    {
        await using var world = await DispatchWorld.Start(new DispatchOptions { Linger = TimeSpan.Zero });
        var options = new RecoveryOptions();
        using var stopping = new CancellationTokenSource();
        if (broken)
            await Break(world, stopping.Token);
        using var outbox = Waking(DueFor.Outbox, world, options);
        using var time = Waking(DueFor.Time, world, options);
        using var watch = new BacklogWatch(
            options,
            new KnownBacklog(backlog),
            world.Breakers,
            outbox,
            time,
            world.Time,
            NullLogger<BacklogWatch>.Instance
        );
        await watch.StartAsync(CancellationToken.None);
        await Eventually(() => watch.Latest is not null);
        if (fails)
            await Fail(time, world);

        var check = new BacklogHealthCheck(options, watch, world.Recovery, outbox, time, world.Breakers);
        var result = await check.CheckHealthAsync(new HealthCheckContext());
        await time.StopAsync(CancellationToken.None);
        await watch.StopAsync(CancellationToken.None);
        await stopping.CancelAsync();
        return result;
    }

    static GrainWaking Waking(DueFor what, DispatchWorld world, RecoveryOptions options) =>
        new(what, options, new OneDue(), world.Grains, world.Time, NullLogger<GrainWaking>.Instance);

    static async Task Fail(GrainWaking waking, DispatchWorld world)
    {
        world.Grains.Broken["p/1"] = true;
        await waking.StartAsync(CancellationToken.None);
        await Eventually(() => waking.Failing == 1);
        world.Time.Advance(TimeSpan.FromMinutes(6));
    }

    static async Task Break(DispatchWorld world, CancellationToken stopping)
    {
        world.Producer.Rule = (_, _) => FakeProducer.Away();
        _ = world.Receipts.Run(stopping);
        world.Receipts.TryTake(
            new OutboxEntry(
                Given.ParcelKey(1),
                new Parcels.ForwardReceipt(
                    "receipt/1",
                    Given.Noon,
                    Given.Platform,
                    Given.Order(1).Effect.Document
                ),
                new Parcels.EffectTicket()
            )
        );
        await Eventually(() => world.Breakers.Open.Count == 1);
    }

    static async Task Eventually(Func<bool> reached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !reached(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "not reached in 60 s");
            await Task.Delay(2);
        }
    }

    sealed class KnownBacklog(Backlog backlog) : IBacklog
    {
        public Task<Backlog> Measure(DateTimeOffset now, CancellationToken cancellationToken = default) =>
            Task.FromResult(backlog);
    }

    sealed class OneDue : IDueGrains
    {
        public Task<IReadOnlyList<DueGrain>> Due(
            DueFor what,
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        ) => Task.FromResult<IReadOnlyList<DueGrain>>([new("p/1", Given.Noon)]);
    }
}
