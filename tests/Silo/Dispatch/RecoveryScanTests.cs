using System.Collections.Concurrent;
using System.Globalization;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Storage;
using ClearanceEngine.Tests.Door;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>No item that fails or hangs keeps another from its turn (rule 2).</summary>
public sealed class RecoveryScanTests
{
    readonly FakeTimeProvider _time = new(Given.Noon);

    [Fact]
    public async Task Any_number_of_items_that_fail_hides_nobody_behind_them()
    {
        var list = new FakeList(items: 50) { Fails = item => item < 40 };
        var scan = Scan(list, new RecoveryOptions { Limit = 10 });
        while (await scan.Round(CancellationToken.None))
            continue;
        Assert.Equal(Enumerable.Range(40, 10), list.Done.Order());
        Assert.Equal(40, scan.Failing);
    }

    [Fact]
    public async Task Not_even_more_failures_than_are_remembered_hide_those_behind_them()
    {
        var list = new FakeList(items: 50) { Fails = item => item < 40 };
        var scan = Scan(list, new RecoveryOptions { Limit = 10, Remembered = 5 });
        for (var round = 0; round < 5; round++)
            await scan.Round(CancellationToken.None);
        Assert.Equal(Enumerable.Range(40, 10), list.Done.Order());
        Assert.Equal(5, scan.Failing);
    }

    [Fact]
    public async Task What_failed_rests_longer_each_time_and_is_tried_again()
    {
        var list = new FakeList(items: 1) { Fails = _ => true };
        var options = new RecoveryOptions
        {
            FirstRest = TimeSpan.FromSeconds(5),
            LongestRest = TimeSpan.FromSeconds(30),
        };
        var scan = Scan(list, options);
        var tried = new List<int>();
        for (var second = 0; second <= 100; second++)
        {
            var before = list.Tries;
            await scan.Round(CancellationToken.None);
            if (list.Tries > before)
                tried.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([0, 5, 15, 35, 65, 95], tried);

        list.Fails = _ => false;
        _time.Advance(TimeSpan.FromSeconds(30));
        await scan.Round(CancellationToken.None);
        Assert.Equal((1, 0), (list.Done.Count, scan.Failing));
    }

    [Fact]
    public async Task An_item_that_hangs_is_left_when_its_time_is_over()
    {
        var list = new FakeList(items: 9) { Hangs = item => item == 0 };
        var options = new RecoveryOptions { Limit = 3, AtOnce = 1 };
        var scan = Scan(list, options);

        var first = scan.Round(CancellationToken.None);
        await Eventually(() => list.Tries == 1);
        Assert.False(first.IsCompleted);
        await Eventually(() =>
        {
            _time.Advance(options.ItemTimeout / 8);
            return first.IsCompleted;
        });
        Assert.True(await first);
        Assert.True(list.Abandoned.IsCancellationRequested);
        Assert.Equal([1, 2], list.Done.Order());

        // The next rounds do not wait for it.
        await scan.Round(CancellationToken.None);
        await scan.Round(CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 8), list.Done.Order());
        Assert.Equal((1, 1), (scan.Failing, list.Hung));
    }

    [Fact]
    public async Task Items_run_beside_each_other_and_no_more_than_allowed()
    {
        var list = new FakeList(items: 20) { Hangs = _ => true };
        var scan = Scan(list, new RecoveryOptions { AtOnce = 4 });
        _ = scan.Round(CancellationToken.None);
        await Eventually(() => list.Tries == 4);
        Assert.Equal(4, list.Tries);
    }

    [Fact]
    public void What_is_remembered_has_a_bound_and_what_is_gone_makes_room()
    {
        var options = new RecoveryOptions { Remembered = 3 };
        var resting = new RestingItems(options, _time);
        foreach (var key in (string[])["a", "b", "c"])
            Assert.Equal(options.FirstRest, resting.Failed(key));
        Assert.Equal(TimeSpan.Zero, resting.Failed("d"));
        Assert.False(resting.Rests("d"));
        Assert.Equal(options.FirstRest * 2, resting.Failed("a"));
        Assert.Equal(3, resting.Count);

        _time.Advance(options.LongestRest + options.FirstRest + TimeSpan.FromSeconds(1));
        Assert.Equal(options.FirstRest, resting.Failed("d"));
        Assert.True(resting.Rests("d"));
        Assert.InRange(resting.Count, 1, 3);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_read_again_in_the_next_period()
    {
        var grains = new FakeGrains();
        var due = new FlakyDue();
        using var waking = new GrainWaking(
            new RecoveryOptions { Period = TimeSpan.FromSeconds(5) },
            due,
            grains,
            _time,
            NullLogger<GrainWaking>.Instance
        );
        await waking.StartAsync(CancellationToken.None);
        await Eventually(() => due.Asked == 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually(() => grains.Woken.Contains("p/a/1"));
        await waking.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task The_turn_is_kept_while_a_round_runs()
    {
        var grains = new FakeGrains { Hanging = { ["p/a/1"] = true } };
        var options = new RecoveryOptions
        {
            Period = TimeSpan.FromSeconds(5),
            FirstRest = TimeSpan.FromHours(1),
        };
        options.LongestRest = options.FirstRest;
        using var waking = Waking(options, new DueAlways("p/a/1"), grains);
        await waking.StartAsync(CancellationToken.None);
        await Eventually(() => grains.Woken.Contains("p/a/1"));

        // The round lasts as long as the grain that hangs may take: 40 s, eight periods.
        await Eventually(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            return waking.Failing == 1;
        });
        await waking.StopAsync(CancellationToken.None);

        Assert.InRange(grains.Kept.Count, 2, 16);
        // Never given back by hand: it might be another's by then.
        Assert.All(grains.Kept, p => Assert.Equal(options.Period, p));
        Assert.Single(grains.Woken);
    }

    [Fact]
    public async Task A_turn_that_is_not_answered_holds_up_no_end()
    {
        var grains = new FakeGrains { TurnsHang = true };
        using var waking = Waking(new RecoveryOptions(), new DueAlways("p/a/1"), grains);
        await waking.StartAsync(CancellationToken.None);
        await grains.TurnAsked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        await waking.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(grains.Woken);
    }

    [Fact]
    public async Task A_due_grain_of_a_kind_that_is_not_known_here_is_named_and_rests()
    {
        var grains = new DispatchGrains(NoGrains.Make().Factory);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => grains.Wake("z/1"));
        Assert.Contains("z/1", error.Message, StringComparison.Ordinal);

        using var waking = Waking(new RecoveryOptions(), new DueAlways("z/1"), grains);
        var scan = new RecoveryScan<DueGrain>(waking, new RecoveryOptions(), _time, NullLogger.Instance);
        await scan.Round(CancellationToken.None);
        Assert.Equal(1, scan.Failing);
    }

    GrainWaking Waking(RecoveryOptions options, IDueGrains due, IDispatchGrains grains) =>
        new(options, due, grains, _time, NullLogger<GrainWaking>.Instance);

    RecoveryScan<string> Scan(FakeList list, RecoveryOptions options) =>
        new(list, options, _time, NullLogger.Instance);

    static async Task Eventually(Func<bool> reached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(20); !reached(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "not reached in 20 s");
            await Task.Delay(2);
        }
    }

    /// <summary>Items that leave the list when they are done.</summary>
    sealed class FakeList(int items) : IRecoverable<string>
    {
        int _tries;

        public Func<int, bool> Fails { get; set; } = _ => false;

        public Func<int, bool> Hangs { get; init; } = _ => false;

        public ConcurrentBag<int> Done { get; } = [];

        public int Tries => _tries;

        public int Hung { get; private set; }

        /// <summary>Of the last item that hung.</summary>
        public CancellationToken Abandoned { get; private set; }

        public Task<IReadOnlyList<string>> Page(
            string? after,
            int limit,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult<IReadOnlyList<string>>([
                .. Enumerable
                    .Range(0, items)
                    .Except(Done)
                    .Where(i => after is null || i > Number(after))
                    .Order()
                    .Take(limit)
                    .Select(i => i.ToString(CultureInfo.InvariantCulture)),
            ]);

        public string KeyOf(string item) => item;

        public Task Drive(string item, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _tries);
            if (Hangs(Number(item)))
            {
                Abandoned = cancellationToken;
                Hung++;
                return new TaskCompletionSource().Task;
            }
            if (Fails(Number(item)))
                throw new IOException($"{item} fails");
            Done.Add(Number(item));
            return Task.CompletedTask;
        }

        static int Number(string item) => int.Parse(item, CultureInfo.InvariantCulture);
    }

    sealed class FlakyDue : IDueGrains
    {
        public int Asked { get; private set; }

        public Task<IReadOnlyList<DueGrain>> Due(
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        ) =>
            ++Asked == 1
                ? throw new IOException("the database is away")
                : Task.FromResult<IReadOnlyList<DueGrain>>([new("p/a/1", until)]);
    }

    /// <summary>The same grain is due whenever it is asked.</summary>
    sealed class DueAlways(string key) : IDueGrains
    {
        public Task<IReadOnlyList<DueGrain>> Due(
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        ) => Task.FromResult<IReadOnlyList<DueGrain>>([new(key, until)]);
    }
}
