using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Orleans.Streams;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The cache of a partition as Orleans' pulling agent uses it, without Orleans and without Kafka.</summary>
public sealed class StreamCacheTests : IStreamCacheOwner
{
    static readonly TopicPartition Partition = new("t", 3);
    static readonly StreamId A = StreamId.Create("t", "a"),
        B = StreamId.Create("t", "b");

    readonly FakeTimeProvider _time = new();
    readonly List<FailedDelivery> _failing = [];
    readonly List<(StreamId Stream, KafkaSequenceToken From)> _rewinds = [];
    StreamCache _cache = null!;

    public StreamCacheTests() => Make();

    [Fact]
    public void What_was_handed_out_is_done_when_the_next_is_asked_for_after_it_was_sent()
    {
        Add((0, A), (1, A));
        using var cursor = _cache.GetCacheCursor(A, Token(0));
        Deliver(cursor, 0);
        Assert.Null(Position());
        Deliver(cursor, 1);
        Assert.Equal(1, Position());
        Assert.False(Step(cursor));
        Assert.Equal(2, Position());
    }

    [Fact]
    public void Asking_for_more_before_anything_was_sent_ends_nothing()
    {
        Make(oneByOne: false);
        Add((0, A), (1, A), (2, A));
        using var cursor = _cache.GetCacheCursor(A, Token(0));
        var group = Gather(cursor, 2);
        Assert.Null(Position());
        Assert.Equal([0L, 1L], group.Select(Offset));
        group[0].ImportRequestContext();
        Gather(cursor, 2);
        Assert.Equal(2, Position());
    }

    [Fact]
    public void The_position_waits_for_the_slowest_stream_and_for_every_consumer()
    {
        Add((0, A), (1, B));
        using var a1 = _cache.GetCacheCursor(A, Token(0));
        using var a2 = _cache.GetCacheCursor(A, Token(0));
        using var b = _cache.GetCacheCursor(B, Token(1));
        Deliver(b, 1);
        Drain(b);
        Deliver(a1, 0);
        Drain(a1);
        Assert.Null(Position());
        Deliver(a2, 0);
        Drain(a2);
        Assert.Equal(2, Position());
    }

    [Fact]
    public void What_nobody_wants_is_done_at_the_next_pull_and_not_before()
    {
        Add((0, A));
        Assert.Null(Position());
        _cache.GetMaxAddCount();
        Assert.Equal(1, Position());
    }

    [Fact]
    public void A_consumer_that_goes_is_waited_for_no_more_but_only_from_the_next_pull_on()
    {
        Add((0, A));
        var cursor = _cache.GetCacheCursor(A, Token(0));
        _cache.GetMaxAddCount();
        Assert.True(Step(cursor));
        cursor.Dispose();
        Assert.Null(Position());
        _cache.GetMaxAddCount();
        Assert.Equal(1, Position());
    }

    [Fact]
    public void A_failed_record_is_passed_only_when_the_failure_handler_has_parked_it_and_nothing_overtakes_it()
    {
        Add((0, A), (1, A), (2, A));
        using var cursor = _cache.GetCacheCursor(A, Token(0));
        Deliver(cursor, 0);
        cursor.RecordDeliveryFailure();
        Assert.Equal(0, Assert.Single(_failing).Record.Offset);
        _failing[0].Resolved = true;
        Deliver(cursor, 1);
        Assert.Equal(1, Position());
        cursor.RecordDeliveryFailure();
        Assert.False(Step(cursor));
        Add((3, A));
        Assert.False(Step(cursor));
        Assert.Equal(1, Position());
        cursor.Dispose();
    }

    [Fact]
    public void A_group_that_fails_is_tried_one_by_one_and_then_in_groups_again()
    {
        Make(oneByOne: false);
        Add(Enumerable.Range(0, 8).Select(i => ((long)i, A)).ToArray());
        using var cursor = _cache.GetCacheCursor(A, Token(0));
        Send(Gather(cursor, 3));
        cursor.RecordDeliveryFailure();
        Assert.Empty(_failing);
        for (var i = 0; i < 3; i++)
        {
            var alone = Gather(cursor, 3);
            Assert.Equal([(long)i], alone.Select(Offset));
            Send(alone);
        }
        Assert.Equal([3L, 4L, 5L], Gather(cursor, 3).Select(Offset));
        Assert.Equal(3, Position());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_agent_steps_over_because_its_consumer_had_it_holds_nothing_up(bool oneByOne)
    {
        Make(oneByOne: oneByOne);
        Add((5, A));
        using var cursor = _cache.GetCacheCursor(A, Token(5));
        Assert.True(Step(cursor));
        Assert.Equal(5, Offset(Current(cursor)));
        Assert.False(Step(cursor));
        _cache.GetMaxAddCount();
        Assert.Equal(6, Position());
        Add((6, A));
        Deliver(cursor, 6);
    }

    [Fact]
    public void What_is_about_to_be_sent_is_not_taken_for_stepped_over()
    {
        Make(oneByOne: false);
        Add((5, A));
        using var cursor = _cache.GetCacheCursor(A, Token(5));
        Send(Gather(cursor, 4));
        _cache.GetMaxAddCount();
        Assert.Null(Position());
    }

    [Fact]
    public void Reading_stops_at_the_number_the_bytes_and_the_span()
    {
        Make(o => (o.CacheSize, o.PullSize, o.CacheBytes, o.Span) = (4, 3, 1_000, 6));
        using var slow = _cache.GetCacheCursor(A, Token(0));
        Assert.Equal(3, _cache.GetMaxAddCount());
        Add((0, A), (1, A));
        Assert.Equal(2, _cache.GetMaxAddCount());
        Add((2, A), (3, A));
        Assert.Equal(0, _cache.GetMaxAddCount());
        for (var i = 0; i < 4; i++)
            Deliver(slow, i);
        Drain(slow);
        Assert.Equal(3, _cache.GetMaxAddCount());
        Add((4, A));
        Add((5, B), (6, B), (7, B), (8, B), (9, B));
        Assert.Equal(0, _cache.GetMaxAddCount()); // 4 is held, 9 is read: the span
        Deliver(slow, 4);
        Drain(slow);
        Assert.Equal(3, _cache.GetMaxAddCount());
        Add([(10, A)], size: 1_000);
        Assert.Equal(0, _cache.GetMaxAddCount());
    }

    [Fact]
    public void Delivered_records_stay_for_late_subscriptions_while_there_is_room_and_no_longer()
    {
        Make(o => o.CacheSize = 4);
        using var first = _cache.GetCacheCursor(A, Token(0));
        for (var i = 0; i < 10; i++)
        {
            Add((i, A));
            Deliver(first, i);
        }
        Drain(first);
        using var late = _cache.GetCacheCursor(A, Token(7));
        Deliver(late, 7);
        Assert.Equal(10, Position());
        Assert.True(_cache.Held <= 5);
    }

    [Fact]
    public void A_token_of_what_was_read_just_now_is_read_again_and_an_old_one_is_not()
    {
        Make(o => o.CacheSize = 2);
        for (var i = 0; i < 10; i++)
            Add((i, B));
        _cache.GetMaxAddCount();
        using var pending = _cache.GetCacheCursor(A, Token(1));
        Assert.Equal(1, Assert.Single(_rewinds).From.SequenceNumber);
        _time.Advance(TimeSpan.FromMinutes(10));
        using var old = _cache.GetCacheCursor(A, Token(1));
        Assert.Single(_rewinds);
    }

    [Fact]
    public void A_users_token_below_the_cache_is_read_from_Kafka_whatever_its_age()
    {
        Make(o => o.CacheSize = 2);
        for (var i = 0; i < 10; i++)
            Add((i, A));
        _cache.GetMaxAddCount();
        _time.Advance(TimeSpan.FromDays(1));
        foreach (
            var token in (KafkaSequenceToken[])
                [
                    KafkaSequenceToken.FromBeginning,
                    KafkaSequenceToken.FromOffset(3),
                    KafkaSequenceToken.FromTime(DateTimeOffset.UnixEpoch),
                    KafkaSequenceToken.OfEvent(3, 2, 0),
                ]
        )
        {
            _rewinds.Clear();
            using var cursor = _cache.GetCacheCursor(A, token);
            Assert.Equal(token, Assert.Single(_rewinds).From);
            Assert.False(Step(cursor));
        }
    }

    [Fact]
    public void A_rewound_cursor_joins_the_cache_where_nothing_is_missing()
    {
        Make(o => o.CacheSize = 3);
        using var first = _cache.GetCacheCursor(A, Token(0));
        for (var i = 0; i < 10; i++)
        {
            Add((i, A));
            Deliver(first, i);
        }
        Drain(first);
        using var rewound = (StreamCursor)_cache.GetCacheCursor(A, KafkaSequenceToken.FromBeginning);
        Assert.False(_cache.TryJoin(rewound, 3));
        Assert.True(_cache.TryJoin(rewound, 8));
        Deliver(rewound, 8);
        Deliver(rewound, 9);
        Add((10, A));
        Deliver(rewound, 10);
    }

    [Fact]
    public void A_token_of_another_partition_begins_with_what_is_not_delivered()
    {
        Add((0, A), (1, A));
        using var moved = _cache.GetCacheCursor(A, KafkaSequenceToken.OfRecord(1, 500));
        Deliver(moved, 0);
        Deliver(moved, 1);
    }

    [Fact]
    public void What_ends_after_the_partition_was_lost_moves_nothing_and_nothing_more_is_handed_out()
    {
        Add((0, A), (1, A));
        using var cursor = _cache.GetCacheCursor(A, Token(0));
        Deliver(cursor, 0);
        _cache.End();
        Assert.False(Step(cursor));
        Assert.Null(Position());
        Assert.Equal(0, _cache.GetMaxAddCount());
    }

    [Fact]
    public void A_new_ownership_begins_anew_for_the_same_cursors()
    {
        Add((0, A), (1, A));
        using var cursor = _cache.GetCacheCursor(A, Token(0));
        Deliver(cursor, 0);
        _cache.End();
        _cache.Begin(0);
        Assert.False(Step(cursor));
        Add((0, A), (1, A));
        Deliver(cursor, 0);
        Deliver(cursor, 1);
        Drain(cursor);
        Assert.Equal(2, Position());
    }

    /// <summary>Against a model: whatever streams and consumers do, nothing is committed that a consumer of its stream has not had, and in the end all is.</summary>
    [Fact]
    public void No_order_of_events_commits_what_was_not_delivered() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[2, 12], Gen.Int[0, 4].List[20, 120])
            .Sample(
                (streams, size, steps) =>
                {
                    Make(o => (o.CacheSize, o.PullSize) = (size, 3));
                    var ids = Enumerable
                        .Range(0, streams)
                        .Select(i => StreamId.Create("t", $"{i}"))
                        .ToArray();
                    var cursors = ids.Select(id => _cache.GetCacheCursor(id, null!)).ToArray();
                    var had = new HashSet<long>();
                    var holding = new long?[streams];
                    var next = 0L;
                    foreach (var (step, turn) in steps.Select((s, i) => (s, i)))
                    {
                        if (step == 4)
                        {
                            for (var n = _cache.GetMaxAddCount(); n > 0; n--, next += 1 + (next % 3))
                                Add((next, ids[next % streams]));
                        }
                        else if (step < streams)
                        {
                            if (holding[step] is { } done)
                                had.Add(done);
                            holding[step] = Step(cursors[step]) ? Offset(Current(cursors[step])) : null;
                            if (holding[step] is not null)
                                Current(cursors[step]).ImportRequestContext();
                        }
                        Assert.True(_cache.Open <= size);
                        if (Position() is { } position)
                            Assert.All(Read().TakeWhile(o => o < position), o => Assert.Contains(o, had));
                    }
                    for (var i = 0; i < streams; i++)
                        Drain(cursors[i]);
                    _cache.GetMaxAddCount();
                    if (next > 0)
                        Assert.Equal(Read()[^1] + 1, _last);

                    List<long> Read() => [.. _read];
                },
                iter: 300,
                threads: 1
            );

    long? _last;
    readonly List<long> _read = [];

    string IStreamCacheOwner.Provider => "p";

    IKafkaEventCodec IStreamCacheOwner.Codec { get; } = new JsonEventCodec();

    Rewind IStreamCacheOwner.Rewind(StreamCache cache, StreamId stream, KafkaSequenceToken from)
    {
        _rewinds.Add((stream, from));
        var ended = new Rewind(
            cache,
            stream,
            from,
            Reading(new KafkaStreamOptions()),
            new SemaphoreSlim(0),
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance
        );
        return ended;
    }

    void IStreamCacheOwner.Nudge(StreamId stream) { }

    void IStreamCacheOwner.Delivered(StreamId stream, FeedRecord record, long since) { }

    void IStreamCacheOwner.Failing(FailedDelivery failed) => _failing.Add(failed);

    static StreamReading Reading(KafkaStreamOptions options) =>
        new(
            "p",
            options,
            new KeyStreams(),
            new JsonEventCodec(),
            new FeedHealth("here"),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<StreamReading>.Instance
        );

    void Make(Action<KafkaStreamOptions> configure) => Make(configure, oneByOne: true);

    void Make(Action<KafkaStreamOptions>? configure = null, bool oneByOne = true)
    {
        var options = new KafkaStreamOptions();
        configure?.Invoke(options);
        _cache = new StreamCache(Partition, options, oneByOne, this, _time);
        _cache.Begin(0);
        _read.Clear();
        _last = null;
    }

    void Add(params (long Offset, StreamId Stream)[] records) => Add(records, size: 1);

    void Add((long Offset, StreamId Stream)[] records, int size)
    {
        foreach (var (offset, _) in records)
        {
            Assert.True(_cache.Start(offset));
            _read.Add(offset);
        }
        _cache.AddToCache([
            .. records.Select(r =>
                (IBatchContainer)
                    new CacheEntry(
                        r.Stream,
                        new FeedRecord("t", 3, r.Offset, DateTimeOffset.UnixEpoch, null, new byte[size], [])
                    )
            ),
        ]);
    }

    long? Position() => _cache.TakePosition() is { } moved ? _last = moved.Offset.Value : _last;

    void Drain(IQueueCacheCursor cursor)
    {
        while (Step(cursor))
            Current(cursor).ImportRequestContext();
        Position();
    }

    static void Deliver(IQueueCacheCursor cursor, long offset)
    {
        Assert.True(Step(cursor));
        var batch = Current(cursor);
        Assert.Equal(offset, Offset(batch));
        batch.ImportRequestContext();
    }

    static List<IBatchContainer> Gather(IQueueCacheCursor cursor, int most)
    {
        var group = new List<IBatchContainer>();
        while (group.Count < most && Step(cursor))
            group.Add(Current(cursor));
        return group;
    }

    static void Send(List<IBatchContainer> group) => group[0].ImportRequestContext();

    static bool Step(IQueueCacheCursor cursor) =>
        cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success;

    static IBatchContainer Current(IQueueCacheCursor cursor) => cursor.GetCurrent(out _)!;

    static long Offset(IBatchContainer batch) => batch.SequenceToken.SequenceNumber;

    static KafkaSequenceToken Token(long offset) => KafkaSequenceToken.OfRecord(3, offset);
}
