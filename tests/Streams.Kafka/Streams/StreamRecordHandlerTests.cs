using System.Collections.Concurrent;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A feed's handler on the batches of a stream.</summary>
public sealed class StreamRecordHandlerTests : IFeedHandler, IDeadLetters
{
    readonly ConcurrentQueue<FeedRecord> _handled = [];
    readonly ConcurrentQueue<(FeedRecord Record, DeadLetter Letter)> _parked = [];
    Func<FeedRecord, Task> _handle = _ => Task.CompletedTask;

    [Fact]
    public async Task Poison_is_parked_at_once_what_fails_is_tried_again_and_the_batch_ends_when_all_are_done()
    {
        _handle = r =>
            r.Offset switch
            {
                3 => throw new PoisonRecordException("bad", "never right"),
                5 when r.Attempt < 3 => throw new TimeoutException("not yet"),
                7 => throw new InvalidOperationException("never"),
                _ => Task.CompletedTask,
            };
        using var handler = Handler();
        await handler.Handle(Records(10));
        Assert.Equal([0L, 1, 2, 4, 5, 6, 8, 9], _handled.Select(r => r.Offset).Order());
        Assert.Equal(
            [(3L, "bad"), (7L, "retries-exhausted")],
            _parked.Select(p => (p.Record.Offset, p.Letter.Reason)).Order()
        );
    }

    [Fact]
    public async Task Records_of_a_key_follow_each_other_and_a_slow_key_stops_no_other()
    {
        var open = new TaskCompletionSource();
        _handle = async r =>
        {
            if (r.Offset == 0)
                await open.Task;
            await Task.Yield();
        };
        using var handler = Handler();
        var batch = handler.Handle(Records(40));
        await StreamRig.Until(() => _handled.Count == 30, 10, () => $"{_handled.Count} handled");
        Assert.False(batch.IsCompleted);
        open.SetResult();
        await batch;
        Assert.All(_handled.GroupBy(r => r.Offset % 4), key =>
            Assert.Equal(key.Select(r => r.Offset).Order(), key.Select(r => r.Offset))
        );
    }

    [Fact]
    public async Task A_record_that_must_not_be_passed_fails_the_batch()
    {
        _handle = r => r.Offset == 2 ? throw new InvalidOperationException("never") : Task.CompletedTask;
        using var handler = Handler(o => o.Exhausted = ExhaustedRecord.StopPartition);
        Assert.Contains(
            "t[0]@2",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => handler.Handle(Records(4)))).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(_parked);
    }

    ValueTask IFeedHandler.Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        return new(Work());

        async Task Work()
        {
            await _handle(record);
            _handled.Enqueue(record);
        }
    }

    Task IDeadLetters.Park(
        string deadLetterTopic,
        FeedRecord record,
        DeadLetter letter,
        CancellationToken cancellationToken
    )
    {
        _parked.Enqueue((record, letter));
        return Task.CompletedTask;
    }

    StreamRecordHandler Handler(Action<KafkaFeedOptions>? configure = null)
    {
        var options = new KafkaFeedOptions
        {
            Group = "g",
            DeadLetterTopic = "dead",
            FirstBackoff = TimeSpan.FromMilliseconds(1),
            MaxAttempts = 4,
        };
        options.Topics.Add("t");
        configure?.Invoke(options);
        return new StreamRecordHandler(
            "h",
            options,
            this,
            this,
            TimeProvider.System,
            NullLogger<StreamRecordHandler>.Instance
        );
    }

    static IEnumerable<FeedRecord> Records(int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => new FeedRecord(
                "t",
                0,
                i,
                DateTimeOffset.UnixEpoch,
                Encoding.UTF8.GetBytes($"k{i % 4}"),
                new byte[] { 1 },
                []
            ));
}
