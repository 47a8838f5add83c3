using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Which records of a partition run, which wait, and what becomes of those at a hand-over.</summary>
public sealed class RecordPlacesTests
{
    [Fact]
    public void Places_are_handed_on_in_the_order_of_coming_and_a_hot_key_waits_its_turn_like_others()
    {
        var places = new RecordPlaces(1, keyOrder: true);
        FeedRecord[] records =
        [
            Record(0, "hot"),
            Record(1, "hot"),
            Record(2, "a"),
            Record(3, "hot"),
            Record(4, "b"),
        ];
        Assert.Equal([true, false, false, false, false], records.Select(places.Enter));
        var order = new List<long>();
        for (FeedRecord? next = records[0]; next is not null; next = places.HandOn(next))
            order.Add(next.Offset);
        Assert.Equal([0, 2, 4, 1, 3], order);
        Assert.Equal(0, places.Running);
        Assert.True(places.Enter(Record(5, "hot")));
    }

    [Fact]
    public void A_record_whose_key_runs_takes_no_place()
    {
        var places = new RecordPlaces(2, keyOrder: true);
        Assert.Equal(
            [true, false, true],
            new[] { Record(0, "k"), Record(1, "k"), Record(2, null) }.Select(places.Enter)
        );
        Assert.Equal(2, places.Running);
    }

    [Fact]
    public void Once_a_partition_drains_nothing_that_waits_begins_and_at_its_end_all_is_let_go()
    {
        var gate = new FeedGate(8, 1_000_000);
        var partition = new FeedPartition(
            new TopicPartition("t", 0),
            new KafkaFeedOptions { PartitionInFlight = 1 },
            gate,
            TimeProvider.System
        );
        FeedRecord[] records = [Record(0, "a"), Record(1, "a"), Record(2, "b"), Record(3, null)];
        Assert.Equal([true, false, false, false], records.Select(partition.Admit));
        Assert.Equal((1, records.Sum(r => r.Size)), (gate.Running, (int)gate.Held));
        partition.Lease.Drain();
        Assert.False(partition.WaitIdle(TimeSpan.Zero));
        Assert.Null(partition.Complete(records[0], done: true));
        Assert.True(partition.WaitIdle(TimeSpan.Zero));
        Assert.Equal(1, partition.TakePosition()!.Offset.Value);
        partition.End();
        Assert.Equal((0, 0), (gate.Running, (int)gate.Held));
    }

    [Fact]
    public void What_waits_for_a_place_holds_bytes_and_no_handler()
    {
        var gate = new FeedGate(2, 1_000_000);
        var partition = new FeedPartition(
            new TopicPartition("t", 0),
            new KafkaFeedOptions { PartitionInFlight = 1 },
            gate,
            TimeProvider.System
        );
        FeedRecord[] records = [Record(0, null), Record(1, null)];
        foreach (var record in records)
            partition.Admit(record);
        Assert.True(gate.WaitForRoom(TimeSpan.Zero));
        Assert.Same(records[1], partition.Complete(records[0], done: true));
        Assert.Equal((1, records[1].Size), (gate.Running, (int)gate.Held));
        Assert.Null(partition.Complete(records[1], done: true));
        Assert.Equal((0, 0), (gate.Running, (int)gate.Held));
        Assert.Equal(2, partition.TakePosition()!.Offset.Value);
    }

    static FeedRecord Record(long offset, string? key) =>
        new(
            "t",
            0,
            offset,
            DateTimeOffset.UnixEpoch,
            key is null ? null : Encoding.UTF8.GetBytes(key).AsMemory(),
            new byte[10],
            []
        );
}
