using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Partitions in few words for the log: <c>declarations.order[0-7], customs.receipts[0,2-3]</c>. Pure.</summary>
static class PartitionRanges
{
    /// <summary>Topics by name, each with its partitions in ranges.</summary>
    public static string Of(IEnumerable<TopicPartition> partitions)
    {
        var topics = partitions.GroupBy(p => p.Topic).OrderBy(g => g.Key, StringComparer.Ordinal);
        return string.Join(", ", topics.Select(t => $"{t.Key}[{Ranges(t.Select(p => p.Partition.Value))}]"));
    }

    static string Ranges(IEnumerable<int> numbers)
    {
        var ranges = new List<(int From, int To)>();
        foreach (var number in numbers.Distinct().Order())
        {
            if (ranges is [.., var last] && last.To == number - 1)
                ranges[^1] = last with { To = number };
            else
                ranges.Add((number, number));
        }
        return string.Join(",", ranges.Select(r => r.From == r.To ? $"{r.From}" : $"{r.From}-{r.To}"));
    }
}
