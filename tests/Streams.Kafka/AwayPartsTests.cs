using System.Collections.Concurrent;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A part that is away is not a record that is wrong: many records beside each other, on a clock of the test's own.</summary>
public sealed class AwayPartsTests : IDisposable
{
    readonly FakeTimeProvider _time = new();
    readonly PlayedParts _parts = new();
    readonly ParkedLetters _parked = new();
    readonly FeedHealth _health = new("here");
    readonly PartitionLease _lease = new();
    readonly Log _log = new();
    readonly KafkaFeedOptions _options = new()
    {
        Group = "g",
        DeadLetterTopic = "dead",
        MaxAttempts = 5,
        MaxRetryTime = TimeSpan.FromMinutes(5),
    };

    RecordDelivery? _delivery;
    int _tries;

    public AwayPartsTests()
    {
        _options.Parts = _parts;
        _health.Started();
    }

    public void Dispose()
    {
        _lease.End();
        _delivery?.Dispose();
    }

    [Fact]
    public async Task A_part_away_for_an_hour_parks_nothing_and_is_asked_instead_of_the_records()
    {
        _parts.Away.Add("database");
        var all = Deliver(500, _ =>
            _parts.Away.Contains("database") ? throw new StoreException() : Task.CompletedTask
        );

        await Pass(TimeSpan.FromHours(1));
        Assert.Contains("database", _health.Now.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(all, d => d.IsCompleted);
        Assert.InRange(_tries, 1, 500);
        Assert.InRange(_parts.Asked, 60, 800);

        _parts.Away.Clear();
        await Ends(all);
        Assert.Empty(_parked.Letters);
        Assert.InRange(_tries, 500, 1000);
        Assert.Null(_health.Now.Text);
    }

    [Fact]
    public async Task Nothing_begins_while_a_part_is_away_that_all_need()
    {
        _parts.Away.Add("database");
        var first = Deliver(1, _ =>
            _parts.Away.Contains("database") ? throw new StoreException() : Task.CompletedTask
        );
        await Until(() => _health.Now.Text is not null);
        Assert.True(_delivery!.Parts.StopReading);

        var later = Deliver(50, _ => Task.CompletedTask, from: 1);
        await Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _tries);

        _parts.Away.Clear();
        await Ends([.. first, .. later]);
        Assert.False(_delivery.Parts.StopReading);
    }

    [Fact]
    public async Task A_part_that_only_some_need_stops_no_other()
    {
        _parts.Away.Add("token");
        var all = Deliver(100, r =>
            r.Offset < 10 && _parts.Away.Contains("token")
                ? throw new PartAwayException("token", "no token") { StopsReading = false }
                : Task.CompletedTask
        );

        await Ends(all[10..]);
        Assert.DoesNotContain(all[..10], d => d.IsCompleted);
        Assert.False(_delivery!.Parts.StopReading);

        _parts.Away.Clear();
        await Ends(all);
        Assert.Empty(_parked.Letters);
    }

    [Fact]
    public async Task A_database_that_is_away_from_another_silo_only_is_held_against_no_record()
    {
        // Ours answers, and the neighbours, which live here, succeed.
        _parts.Away.Add("cluster");
        var theirs = Deliver(1, _ =>
            _parts.Away.Contains("cluster") ? throw new StoreException() : Task.CompletedTask
        );
        for (var offset = 1; offset <= 60; offset++)
        {
            await Pass(TimeSpan.FromSeconds(10));
            await Ends(Deliver(1, _ => Task.CompletedTask, offset));
        }
        Assert.False(theirs[0].IsCompleted);
        Assert.Empty(_parked.Letters);
        Assert.False(_delivery!.Parts.StopReading);
        Assert.Contains("cluster", _health.Now.Text, StringComparison.Ordinal);

        _parts.Away.Clear();
        await Ends(theirs);
        Assert.Empty(_parked.Letters);
    }

    [Fact]
    public async Task A_part_that_hangs_when_it_is_asked_is_away()
    {
        _parts.Hangs = true;
        var all = Deliver(1, _ => _parts.Hangs ? throw new StoreException() : Task.CompletedTask);

        await Until(() => _health.Now.Text is not null, passing: TimeSpan.FromSeconds(1));
        Assert.Contains("no answer", _health.Now.Text, StringComparison.Ordinal);

        _parts.Hangs = false;
        await Ends(all);
    }

    [Fact]
    public async Task What_failed_before_a_part_came_back_is_not_held_against_the_record()
    {
        // Four tries of five are used up when the database goes; the fifth must not be the last.
        var all = Deliver(1, r => _tries <= 4 ? throw new InvalidOperationException("strange")
            : _parts.Away.Contains("database") ? throw new StoreException()
            : _tries <= 8 ? throw new InvalidOperationException("strange again")
            : Task.CompletedTask);
        await Until(() => _tries == 4);
        _parts.Away.Add("database");
        await Pass(TimeSpan.FromMinutes(10));
        _parts.Away.Clear();

        await Ends(all);
        Assert.Empty(_parked.Letters);
    }

    /// <summary>Found by ten minutes without a database: what fails for a moment when it is back was parked at its first try.</summary>
    [Fact]
    public async Task A_record_that_came_while_a_part_was_away_has_all_its_time_once_that_is_back()
    {
        _parts.Away.Add("database");
        var first = Deliver(1, _ =>
            _parts.Away.Contains("database") ? throw new StoreException() : Task.CompletedTask
        );
        await Until(() => _delivery!.Parts.StopReading);
        var lateTries = 0;
        var late = Deliver(1, Late, from: 1);
        await Pass(_options.MaxRetryTime * 2);
        Assert.Equal(0, lateTries);

        _parts.Away.Clear();
        await Ends(first);
        for (var offset = 2; !late[0].IsCompleted; offset++)
        {
            await Pass(TimeSpan.FromSeconds(1));
            await Ends(Deliver(1, _ => Task.CompletedTask, offset));
        }
        Assert.Equal(4, lateTries);
        Assert.Empty(_parked.Letters);

        // As many as make its time count: had the wait been its own, the third would have been its last.
        Task Late(FeedRecord record) =>
            Interlocked.Increment(ref lateTries) <= 3
                ? Task.FromException(new TimeoutException("everything begins again at once"))
                : Task.CompletedTask;
    }

    /// <summary>Found by ten minutes without a database on a machine in overload: calls that were not answered in 30 s were parked at their first try.</summary>
    [Fact]
    public async Task A_call_that_takes_all_the_time_of_a_record_is_one_try()
    {
        var unanswered = new TaskCompletionSource();
        var slowTries = 0;
        var slow = Deliver(1, Slow);
        await Pass(_options.MaxRetryTime * 2);
        await Ends(Deliver(1, _ => Task.CompletedTask, from: 1));
        unanswered.SetException(new TimeoutException("not answered in time"));

        while (!slow[0].IsCompleted)
        {
            await Pass(TimeSpan.FromSeconds(1));
            await Ends(Deliver(1, _ => Task.CompletedTask, from: 2));
        }

        Assert.Equal(2, slowTries);
        Assert.Empty(_parked.Letters);

        Task Slow(FeedRecord record) =>
            Interlocked.Increment(ref slowTries) == 1 ? unanswered.Task : Task.CompletedTask;
    }

    [Fact]
    public async Task A_record_is_parked_that_fails_while_its_neighbours_succeed()
    {
        var wrong = Deliver(1, _ => throw new InvalidOperationException("never"));
        for (var offset = 1; !wrong[0].IsCompleted; offset++)
        {
            await Pass(TimeSpan.FromSeconds(1));
            await Ends(Deliver(1, _ => Task.CompletedTask, offset));
        }

        Assert.Equal("retries-exhausted", Assert.Single(_parked.Letters).Reason);
    }

    [Fact]
    public async Task An_error_that_the_part_itself_denies_counts_like_any_other()
    {
        var wrong = Deliver(1, _ => throw new StoreException());
        for (var offset = 1; !wrong[0].IsCompleted; offset++)
        {
            await Pass(TimeSpan.FromSeconds(1));
            await Ends(Deliver(1, _ => Task.CompletedTask, offset));
        }

        Assert.Equal(5, Assert.Single(_parked.Letters).Attempts);
    }

    /// <summary>A start meets many of these, such as grains that just left memory: a line each, and no trace.</summary>
    [Fact]
    public async Task A_fault_that_the_part_itself_denies_is_a_line_without_a_trace_and_any_other_has_one()
    {
        await Ends(Deliver(1, _ => _tries == 1 ? throw new StoreException() : Task.CompletedTask));
        await Ends(
            Deliver(
                1,
                _ => _tries == 3 ? throw new InvalidOperationException("ours") : Task.CompletedTask,
                from: 1
            )
        );

        var (passing, wrong) = (_log.Lines.ElementAt(0), _log.Lines.ElementAt(1));
        Assert.Equal(
            "Feed feed: t[0]@0 met a passing fault of database; it is tried again: the store did not answer",
            passing.Text
        );
        Assert.Null(passing.Exception);
        Assert.IsType<InvalidOperationException>(wrong.Exception);
    }

    [Fact]
    public async Task Where_everything_fails_nothing_is_parked_until_others_succeed()
    {
        var bad = true;
        var all = Deliver(50, r =>
            bad || r.Offset == 7 ? throw new InvalidOperationException("strange") : Task.CompletedTask
        );
        await Pass(TimeSpan.FromHours(1));
        Assert.Empty(_parked.Letters);
        Assert.Contains("fails again and again", _health.Now.Text, StringComparison.Ordinal);

        bad = false;
        await Ends(all);
        Assert.Single(_parked.Letters);
        Assert.Equal(7, Assert.Single(_parked.Records).Offset);
        Assert.Null(_health.Now.Text);
    }

    [Fact]
    public async Task A_record_alone_is_parked_only_while_all_parts_answer()
    {
        _parts.Away.Add("database");
        var alone = Deliver(1, _ => throw new InvalidOperationException("strange"));
        await Pass(TimeSpan.FromMinutes(30));
        Assert.Empty(_parked.Letters);

        _parts.Away.Clear();
        await Ends(alone);
        Assert.Single(_parked.Letters);
    }

    Task<bool>[] Deliver(int count, Func<FeedRecord, Task> handle, long from = 0)
    {
        _delivery ??= new RecordDelivery("feed", _options, new Handler(this), _parked, _health, _time, _log);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    _handles[from + i] = handle;
                    var record = new FeedRecord(
                        "t",
                        0,
                        from + i,
                        DateTimeOffset.UnixEpoch,
                        null,
                        new byte[] { 1 },
                        []
                    );
                    return _delivery
                        .Deliver(record, _lease, _ => Assert.Fail("The partition must not stop."))
                        .AsTask();
                }),
        ];
    }

    readonly ConcurrentDictionary<long, Func<FeedRecord, Task>> _handles = new();

    /// <summary>Lets time go by in steps, and all that waits for it run.</summary>
    async Task Pass(TimeSpan time)
    {
        var step = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, time.Ticks / 500));
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _time.Advance(step);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    async Task Ends(IReadOnlyCollection<Task<bool>> deliveries)
    {
        await Until(() => deliveries.All(d => d.IsCompleted), TimeSpan.FromSeconds(1));
        Assert.All(deliveries, d => Assert.True(d.Result));
    }

    async Task Until(Func<bool> condition, TimeSpan? passing = null)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); !condition(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not happen within 30 s.");
            _time.Advance(passing ?? TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    sealed class Log : ILogger
    {
        public ConcurrentQueue<(string Text, Exception? Exception)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue((formatter(state, exception), exception));
    }

    sealed class StoreException() : Exception("the store did not answer");

    sealed class Handler(AwayPartsTests test) : IFeedHandler
    {
        public async ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref test._tries);
            await Task.Yield();
            await test._handles[record.Offset](record);
        }
    }

    sealed class PlayedParts : IPartWatch
    {
        int _asked;

        public volatile bool Hangs;

        public ConcurrentBag<string> Away { get; } = [];

        public int Asked => Volatile.Read(ref _asked);

        public IReadOnlyList<string> Parts => ["database", "token"];

        PartAwayException? IPartWatch.Away(Exception error) =>
            error switch
            {
                PartAwayException away => away,
                StoreException => new PartAwayException("database", error.Message, error)
                {
                    OrElse = new PartAwayException("cluster", error.Message) { StopsReading = false },
                },
                _ => null,
            };

        public Task Probe(string part, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            if (Hangs)
                return new TaskCompletionSource().Task;
            return Away.Contains(part)
                ? Task.FromException(new IOException($"{part}: connection refused"))
                : Task.CompletedTask;
        }
    }
}

/// <summary>Dead letters in memory.</summary>
sealed class ParkedLetters : IDeadLetters
{
    public ConcurrentQueue<DeadLetter> Letters { get; } = [];

    public ConcurrentQueue<FeedRecord> Records { get; } = [];

    public Task Park(
        string deadLetterTopic,
        FeedRecord record,
        DeadLetter letter,
        CancellationToken cancellationToken
    )
    {
        Letters.Enqueue(letter);
        Records.Enqueue(record);
        return Task.CompletedTask;
    }
}
