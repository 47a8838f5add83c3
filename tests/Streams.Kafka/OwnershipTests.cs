using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Who no longer owns a partition commits, parks and refuses nothing: its next owner has the records.</summary>
public sealed class OwnershipTests
{
    static readonly KafkaFeedOptions Options = new()
    {
        Group = "g",
        DeadLetterTopic = "dead",
        FirstBackoff = TimeSpan.FromMilliseconds(1),
        MaxAttempts = 3,
    };

    readonly PartitionLease _lease = new();
    readonly ParkedHere _parked = new();

    [Fact]
    public async Task Poison_that_was_found_after_the_partition_was_lost_is_not_parked()
    {
        Assert.False(
            await Deliver(() =>
            {
                _lease.End();
                throw new PoisonRecordException("bad", "never right");
            })
        );
        Assert.Empty(_parked.Records);
    }

    [Fact]
    public async Task A_failure_after_the_partition_was_lost_uses_up_no_retries()
    {
        var tries = 0;
        Assert.False(
            await Deliver(() =>
            {
                tries++;
                _lease.End();
                throw new TimeoutException("the database is away");
            })
        );
        Assert.Equal(1, tries);
        Assert.Empty(_parked.Records);
    }

    [Fact]
    public async Task A_dead_letter_that_was_written_while_the_partition_was_lost_does_not_count()
    {
        _parked.Meanwhile = _lease.End;
        Assert.False(await Deliver(() => throw new PoisonRecordException("bad", "never right")));
    }

    [Fact]
    public void What_ends_after_the_partition_was_lost_moves_no_position()
    {
        var partition = new FeedPartition(
            new TopicPartition("t", 0),
            Options,
            new FeedGate(8, 1_000_000),
            TimeProvider.System
        );
        var record = Record(0);
        Assert.True(partition.Admit(record));
        partition.End();
        partition.Complete(record, done: true);
        Assert.Null(partition.TakePosition());
    }

    Task<bool> Deliver(Action handle) =>
        new RecordDelivery(
            "feed",
            Options,
            new Handler(handle),
            _parked,
            new FeedHealth("here"),
            TimeProvider.System,
            NullLogger.Instance
        )
            .Deliver(Record(7), _lease, _ => Assert.Fail("The partition must not stop."))
            .AsTask();

    static FeedRecord Record(long offset) =>
        new("t", 0, offset, DateTimeOffset.UnixEpoch, null, new byte[] { 1 }, []);

    sealed class Handler(Action handle) : IFeedHandler
    {
        public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
        {
            handle();
            return ValueTask.CompletedTask;
        }
    }

    sealed class ParkedHere : IDeadLetters
    {
        public List<FeedRecord> Records { get; } = [];

        public Action? Meanwhile { get; set; }

        public Task Park(
            string deadLetterTopic,
            FeedRecord record,
            DeadLetter letter,
            CancellationToken cancellationToken
        )
        {
            Records.Add(record);
            Meanwhile?.Invoke();
            return Task.CompletedTask;
        }
    }
}
