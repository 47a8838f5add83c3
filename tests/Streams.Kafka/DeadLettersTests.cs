using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Whatever a sender put into a record, there is a letter that the topic takes: a partition must not wait for one for ever.</summary>
public class DeadLettersTests
{
    const int Limit = 50_000;

    readonly TopicOfSize _topic = new();

    [Theory]
    [InlineData(100, 100, false, true)]
    [InlineData(60_000, 100, true, true)]
    [InlineData(100, 60_000, false, false)]
    [InlineData(40_000, 40_000, false, false)]
    [InlineData(60_000, 60_000, true, false)]
    [InlineData(0, 60_000, false, false)]
    public async Task What_is_too_large_stays_where_it_came_from(
        int valueBytes,
        int headerBytes,
        bool isOmitted,
        bool hasSendersHeaders
    )
    {
        var record = new FeedRecord(
            "t",
            3,
            30,
            DateTimeOffset.UnixEpoch,
            new byte[] { 1 },
            new byte[valueBytes],
            new Headers { { "sender", new byte[headerBytes] }, { "dl-reason", "an older one"u8.ToArray() } }
        );
        await new DeadLetters(_topic).Park(
            "dead",
            record,
            new DeadLetter("too-large", "it is", 1)
            {
                Headers = new Dictionary<string, string> { ["ours"] = "x" },
            },
            TestContext.Current.CancellationToken
        );

        var letter = Assert.Single(_topic.Taken);
        Assert.Equal(isOmitted ? 0 : valueBytes, letter.Value!.Length);
        Assert.Equal(isOmitted ? $"{valueBytes} bytes" : null, Text(letter, DeadLetters.Omitted));
        Assert.Equal(isOmitted, letter.Key is null);
        Assert.Equal(hasSendersHeaders, letter.Headers.Any(h => h.Key == "sender"));
        var omittedHeaders =
            $"{"sender".Length + headerBytes + "dl-reason".Length + "an older one".Length} bytes";
        Assert.Equal(hasSendersHeaders ? null : omittedHeaders, Text(letter, DeadLetters.OmittedHeaders));
        Assert.Equal(
            ("too-large", "t", "3", "30", "x"),
            (
                Text(letter, DeadLetters.Reason),
                Text(letter, DeadLetters.Topic),
                Text(letter, DeadLetters.Partition),
                Text(letter, DeadLetters.Offset),
                Text(letter, "ours")
            )
        );
    }

    static string? Text(Message<byte[]?, byte[]?> letter, string name) =>
        letter.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Takes what has at most <see cref="Limit"/> bytes, headers included.</summary>
    sealed class TopicOfSize : IKafkaProducer
    {
        public List<Message<byte[]?, byte[]?>> Taken { get; } = [];

        public Task<TopicPartitionOffset> Produce(
            string topic,
            ReadOnlyMemory<byte>? key,
            ReadOnlyMemory<byte>? value,
            Headers? headers = null,
            CancellationToken cancellationToken = default
        )
        {
            var size =
                (key?.Length ?? 0) + (value?.Length ?? 0) + headers!.Sum(h => h.GetValueBytes().Length);
            if (size > Limit)
                throw new KafkaRefusedException("too large");
            Taken.Add(
                new Message<byte[]?, byte[]?>
                {
                    Key = key?.ToArray(),
                    Value = value?.ToArray(),
                    Headers = headers,
                }
            );
            return Task.FromResult(new TopicPartitionOffset(topic, 0, Taken.Count - 1));
        }
    }
}
