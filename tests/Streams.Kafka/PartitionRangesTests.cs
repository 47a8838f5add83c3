using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Streams.Kafka.Tests;

public sealed class PartitionRangesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a:0", "a[0]")]
    [InlineData("a:0 a:1 a:2 a:3 a:4 a:5 a:6 a:7", "a[0-7]")]
    [InlineData("a:7 a:0 a:2 a:1 a:9 a:10", "a[0-2,7,9-10]")]
    [InlineData("b:1 a:3 b:0 a:3", "a[3], b[0-1]")]
    public void Neighbours_are_one_range_and_topics_stand_apart(string partitions, string expected)
    {
        var given = partitions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Partition);
        Assert.Equal(expected, PartitionRanges.Of(given));
    }

    static TopicPartition Partition(string text)
    {
        var parts = text.Split(':');
        return new TopicPartition(parts[0], int.Parse(parts[1], null));
    }
}
