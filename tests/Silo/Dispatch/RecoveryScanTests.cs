using System.Collections.Concurrent;
using System.Globalization;
using ClearanceEngine.Recovery;
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
        var scan = Scan(list, new RecoveryOptions { PageSize = 10 });
        await scan.Pass(All, CancellationToken.None);
        Assert.Equal(Enumerable.Range(40, 10), list.Done.Order());
        Assert.Equal(40, scan.Failing);
    }

    [Fact]
    public async Task Not_even_more_failures_than_are_remembered_hide_those_behind_them()
    {
        var list = new FakeList(items: 50) { Fails = item => item < 40 };
        var scan = Scan(list, new RecoveryOptions { PageSize = 10, Remembered = 5 });
        await scan.Pass(All, CancellationToken.None);
        Assert.Equal(Enumerable.Range(40, 10), list.Done.Order());
        Assert.Equal(5, scan.Failing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_tried_in_vain_rests_longer_each_time_and_is_tried_again(bool fails)
    {
        var list = new FakeList(items: 1) { Fails = _ => fails, Stays = _ => !fails };
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
            await scan.Pass(All, CancellationToken.None);
            if (list.Tries > before)
                tried.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([0, 5, 15, 35, 65, 95], tried);
        Assert.Equal(fails ? 101 : 0, (int)scan.FailingFor.TotalSeconds);

        list.Fails = list.Stays = _ => false;
        _time.Advance(TimeSpan.FromSeconds(30));
        await scan.Pass(All, CancellationToken.None);
        Assert.Equal((1, 0), (list.Done.Count, scan.Failing));
    }

    [Fact]
    public async Task What_was_off_the_list_for_a_pass_begins_anew()
    {
        var list = new FakeList(items: 1) { Stays = _ => true };
        var scan = Scan(list, new RecoveryOptions());
        await scan.Pass(All, CancellationToken.None);
        scan.EndPass();
        list.Hides = true;
        await scan.Pass(All, CancellationToken.None);
        scan.EndPass();
        list.Hides = false;
        await scan.Pass(All, CancellationToken.None);
        Assert.Equal(2, list.Tries);
    }

    [Fact]
    public async Task An_item_that_hangs_is_left_when_its_time_is_over()
    {
        var list = new FakeList(items: 9) { Hangs = item => item == 0 };
        var options = new RecoveryOptions { PageSize = 3, AtOnce = 1 };
        var scan = Scan(list, options);

        var pass = scan.Pass(All, CancellationToken.None);
        await Eventually(() => list.Tries == 1);
        Assert.False(pass.IsCompleted);
        await Eventually(() =>
        {
            _time.Advance(options.ItemTimeout / 8);
            return pass.IsCompleted;
        });
        await pass;
        Assert.True(list.Abandoned.IsCancellationRequested);
        Assert.Equal(Enumerable.Range(1, 8), list.Done.Order());
        Assert.Equal((1, 1), (scan.Failing, list.Hung));
    }

    /// <summary>What takes ten minutes to gather is worked off in as long again: there are places free all the time, whoever is slow.</summary>
    [Fact]
    public async Task A_backlog_of_ten_minutes_is_passed_through_without_waiting_for_those_that_hang()
    {
        const int Backlog = 600 * 300;
        var list = new FakeList(Backlog) { Hangs = item => item % 3_000 == 0 };
        var scan = Scan(list, new RecoveryOptions());
        await scan.Pass(All, CancellationToken.None);

        Assert.Equal(Backlog / 3_000, list.Hung);
        Assert.Equal(Backlog - list.Hung, list.Done.Count);
        // The next pass does not wait for them either, nor does it drive them a second time.
        await scan.Pass(All, CancellationToken.None);
        Assert.Equal(Backlog, list.Tries);
    }

    [Fact]
    public async Task Items_run_beside_each_other_and_no_more_than_allowed()
    {
        var list = new FakeList(items: 20) { Hangs = _ => true };
        var scan = Scan(list, new RecoveryOptions { AtOnce = 4 });
        _ = scan.Pass(All, CancellationToken.None);
        await Eventually(() => list.Tries == 4);
        Assert.Equal(4, list.Tries);
        Assert.InRange(scan.Busy.Count, 1, 4);
    }

    [Fact]
    public async Task What_is_another_silos_is_left_alone()
    {
        var list = new FakeList(items: 200);
        var scan = Scan(list, new RecoveryOptions());
        await scan.Pass(slice => slice < 32, CancellationToken.None);
        Assert.InRange(list.Done.Count, 50, 150);
        Assert.All(list.Done, item => Assert.InRange(SliceSet.Of($"{item}"), 0, 31));
    }

    [Fact]
    public void What_is_remembered_has_a_bound_and_what_is_gone_makes_room()
    {
        var options = new RecoveryOptions { Remembered = 3 };
        var resting = new RestingItems(options, _time);
        foreach (var key in (string[])["a", "b", "c"])
            Assert.Equal(options.FirstRest, resting.Tried(key, hasFailed: true));
        Assert.Equal(TimeSpan.Zero, resting.Tried("d", hasFailed: true));
        Assert.True(resting.Meet("d"));
        Assert.Equal(options.FirstRest * 2, resting.Tried("a", hasFailed: true));
        Assert.Equal(3, resting.Count);

        resting.EndPass();
        Assert.False(resting.Meet("a"));
        resting.EndPass();
        Assert.Equal(options.FirstRest, resting.Tried("d", hasFailed: true));
        Assert.False(resting.Meet("d"));
        Assert.Equal(2, resting.Count);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_read_again_in_the_next_period()
    {
        var grains = new FakeGrains();
        var due = new FlakyDue();
        using var waking = Waking(new RecoveryOptions { Period = TimeSpan.FromSeconds(5) }, due, grains);
        await waking.StartAsync(CancellationToken.None);
        await Eventually(() => due.Asked == 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually(() => grains.Woken.Contains("p/a/1"));
        await waking.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Silos_share_a_list_wake_nobody_twice_and_take_over_from_one_that_is_dead()
    {
        var (ledger, list) = (new SliceLedger(), new DueUntilWoken(1_000));
        var options = new RecoveryOptions
        {
            FirstRest = TimeSpan.FromHours(1),
            LongestRest = TimeSpan.FromHours(1),
        };
        FakeGrains one = new(),
            two = new();
        one.Lease = busy => Task.FromResult(ledger.Renew("one", busy, _time.GetUtcNow(), options.LeaseTime));
        two.Lease = busy => Task.FromResult(ledger.Renew("two", busy, _time.GetUtcNow(), options.LeaseTime));
        using var first = Waking(options, list, one);
        using var second = Waking(options, list, two);
        await first.StartAsync(CancellationToken.None);
        await second.StartAsync(CancellationToken.None);
        await Steps(20);

        list.IsThere = true;
        await Eventually(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return one.Woken.Count + two.Woken.Count >= 1_000;
        });
        Assert.Equal(1_000, one.Woken.Concat(two.Woken).Distinct().Count());
        Assert.Equal(1_000, one.Woken.Count + two.Woken.Count);
        Assert.InRange(one.Woken.Count, 300, 700);

        // The first is dead and says nothing any more; nothing of it was done.
        await first.StopAsync(CancellationToken.None);
        await Steps(5);
        Assert.InRange(two.Woken.Count, 300, 700);
        await Eventually(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return two.Woken.Count >= 1_000;
        });
        await second.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_silo_whose_lease_is_over_begins_nothing_any_more()
    {
        var grains = new FakeGrains();
        var options = new RecoveryOptions
        {
            FirstRest = TimeSpan.FromSeconds(1),
            LongestRest = TimeSpan.FromSeconds(1),
        };
        using var waking = Waking(options, new DueAlways("p/a/1"), grains);
        await waking.StartAsync(CancellationToken.None);
        await Eventually(() => grains.Woken.Count == 1);

        grains.Lease = _ => Task.FromException<SliceSet>(new TimeoutException("its silo is gone"));
        await Steps(20);
        var woken = grains.Woken.Count;
        Assert.InRange(woken, 2, 4);
        await Steps(20);
        Assert.Equal(woken, grains.Woken.Count);
        Assert.InRange(waking.Late.TotalSeconds, 20, 41); // that it reads the list wakes nobody

        grains.Lease = _ => Task.FromResult(SliceSet.All);
        await Eventually(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return grains.Woken.Count > woken;
        });
        await waking.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData(DueFor.Outbox, DueFor.Time)]
    [InlineData(DueFor.Time, DueFor.Outbox)]
    public async Task What_hangs_on_one_list_keeps_nobody_on_the_other_waiting(DueFor hanging, DueFor other)
    {
        var grains = new FakeGrains();
        var due = new TwoLists(hanging, 1_000, grains);
        using var stuck = Waking(new RecoveryOptions(), due, grains, hanging);
        using var free = Waking(new RecoveryOptions(), due, grains, other);
        await stuck.StartAsync(CancellationToken.None);
        await Eventually(() => grains.Woken.Count == new RecoveryOptions().AtOnce);
        await free.StartAsync(CancellationToken.None);

        await Eventually(() =>
            grains.Woken.Count(w => w.StartsWith("p/free/", StringComparison.Ordinal)) == 1_000
        );
        Assert.Equal(
            new RecoveryOptions().AtOnce,
            grains.Woken.Count(w => w.StartsWith("p/hangs/", StringComparison.Ordinal))
        );
        await stuck.StopAsync(CancellationToken.None);
        await free.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_lease_that_is_not_answered_holds_up_no_end()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var grains = new FakeGrains
        {
            Lease = _ =>
            {
                asked.TrySetResult();
                return new TaskCompletionSource<SliceSet>().Task;
            },
        };
        using var waking = Waking(new RecoveryOptions(), new DueAlways("p/a/1"), grains);
        await waking.StartAsync(CancellationToken.None);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await waking.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(grains.Woken);
    }

    [Fact]
    public async Task How_late_a_list_is_counts_from_the_last_pass_that_came_to_its_end()
    {
        var grains = new FakeGrains();
        var due = new FlakyDue { IsAway = true };
        using var waking = Waking(new RecoveryOptions(), due, grains);
        Assert.Equal(TimeSpan.Zero, waking.Late);
        await waking.StartAsync(CancellationToken.None);
        await Steps(60);
        Assert.InRange(waking.Late.TotalSeconds, 50, 60);

        due.IsAway = false;
        await Eventually(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return waking.Late < TimeSpan.FromSeconds(10);
        });
        await waking.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_due_grain_of_a_kind_that_is_not_known_here_is_named_and_rests()
    {
        var grains = new DispatchGrains(NoGrains.Make().Factory, null!);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => grains.Wake("z/1"));
        Assert.Contains("z/1", error.Message, StringComparison.Ordinal);

        using var waking = Waking(new RecoveryOptions(), new DueAlways("z/1"), grains);
        var scan = new RecoveryScan<DueGrain>(waking, new RecoveryOptions(), _time, NullLogger.Instance);
        await scan.Pass(All, CancellationToken.None);
        Assert.Equal(1, scan.Failing);
    }

    static readonly Func<int, bool> All = _ => true;

    GrainWaking Waking(
        RecoveryOptions options,
        IDueGrains due,
        IDispatchGrains grains,
        DueFor what = DueFor.Outbox
    ) => new(what, options, due, grains, _time, NullLogger<GrainWaking>.Instance);

    /// <summary>Seconds go by, each long enough for what is under way.</summary>
    async Task Steps(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }
    }

    RecoveryScan<string> Scan(FakeList list, RecoveryOptions options) =>
        new(list, options, _time, NullLogger.Instance);

    static async Task Eventually(Func<bool> reached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !reached(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "not reached in 60 s");
            await Task.Delay(2);
        }
    }

    /// <summary>Items that leave the list when they are done.</summary>
    sealed class FakeList(int items) : IRecoverable<string>
    {
        readonly SortedSet<int> _left = [.. Enumerable.Range(0, items)];
        int _tries;

        /// <summary>Items that are on the list still when they were driven on.</summary>
        public Func<int, bool> Stays { get; set; } = _ => false;

        /// <summary>Nothing is on the list.</summary>
        public bool Hides { get; set; }

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
                .. (Hides ? [] : _left.GetViewBetween(after is null ? 0 : Number(after) + 1, items))
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
            if (Stays(Number(item)))
                return Task.CompletedTask;
            Done.Add(Number(item));
            _left.Remove(Number(item));
            return Task.CompletedTask;
        }

        static int Number(string item) => int.Parse(item, CultureInfo.InvariantCulture);
    }

    sealed class FlakyDue : IDueGrains
    {
        public int Asked { get; private set; }

        public bool IsAway { get; set; }

        public Task<IReadOnlyList<DueGrain>> Due(
            DueFor what,
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        ) =>
            ++Asked == 1 || IsAway
                ? throw new IOException("the database is away")
                : Task.FromResult<IReadOnlyList<DueGrain>>([new("p/a/1", until)]);
    }

    /// <summary>The same grain is due whenever it is asked.</summary>
    sealed class DueAlways(string key) : IDueGrains
    {
        public Task<IReadOnlyList<DueGrain>> Due(
            DueFor what,
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        ) => Task.FromResult<IReadOnlyList<DueGrain>>([new(key, until)]);
    }

    /// <summary>Once they are there they stay due, whoever wakes them.</summary>
    sealed class DueUntilWoken(int count) : IDueGrains
    {
        public bool IsThere { get; set; }

        public Task<IReadOnlyList<DueGrain>> Due(
            DueFor what,
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        ) =>
            Task.FromResult<IReadOnlyList<DueGrain>>([
                .. Enumerable
                    .Range(0, IsThere ? count : 0)
                    .Select(i => $"p/{i:0000}")
                    .Where(key => after is null || string.CompareOrdinal(key, after.GrainKey) > 0)
                    .Take(limit)
                    .Select(key => new DueGrain(key, Given.Noon)),
            ]);
    }

    /// <summary>As many are due on each list; those of one hang.</summary>
    sealed class TwoLists(DueFor hanging, int count, FakeGrains grains) : IDueGrains
    {
        public Task<IReadOnlyList<DueGrain>> Due(
            DueFor what,
            DateTimeOffset until,
            DueGrain? after,
            int limit,
            CancellationToken cancellationToken = default
        )
        {
            string[] keys =
            [
                .. Enumerable
                    .Range(0, after is null ? count : 0)
                    .Select(i => what == hanging ? $"p/hangs/{i}" : $"p/free/{i}"),
            ];
            foreach (var key in what == hanging ? keys : [])
                grains.Hanging[key] = true;
            return Task.FromResult<IReadOnlyList<DueGrain>>([.. keys.Select(k => new DueGrain(k, until))]);
        }
    }
}
