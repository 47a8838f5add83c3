using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The small parts of the stream provider.</summary>
public sealed class StreamPartsTests
{
    /// <summary>The values of Kafka's own UtilsTest.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Keys_are_hashed_as_Java_producers_do(string key, int hash) =>
        Assert.Equal(hash, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void A_batch_crosses_silos_as_the_records_own_bytes()
    {
        using var services = new ServiceCollection()
            .AddSerializer()
            .AddSingleton<KafkaBatchArrival>()
            .BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var record = new FeedRecord(
            "t",
            3,
            7,
            DateTimeOffset.FromUnixTimeSeconds(5),
            "k"u8.ToArray(),
            """{"Name":"n","Number":4}"""u8.ToArray(),
            new Headers { { "h", "v"u8.ToArray() } }
        );
        var there = serializer.Deserialize<KafkaBatch>(
            serializer.SerializeToArray(
                new KafkaBatch("p", StreamId.Create("t", "k"), record, new JsonEventCodec(), null)
            )
        )!;
        Assert.Equal(StreamId.Create("t", "k"), there.StreamId);
        Assert.Equal(KafkaSequenceToken.OfRecord(3, 7), there.SequenceToken);
        var parcel = Assert.Single(there.GetEvents<Parcel>());
        Assert.Equal((new Parcel("n", 4), KafkaSequenceToken.OfEvent(3, 7, 0)), (parcel.Item1, parcel.Item2));
        var same = Assert.Single(there.GetEvents<FeedRecord>()).Item1;
        Assert.Equal(
            ("k", "v", 5L, false),
            (
                Encoding.UTF8.GetString(same.Key!.Value.Span),
                same.Header("h"),
                same.Timestamp.ToUnixTimeSeconds(),
                same.IsTombstone
            )
        );
    }

    [Fact]
    public void Tokens_survive_serialisation_and_are_ordered_within_a_partition()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        foreach (
            var token in (KafkaSequenceToken[])
                [
                    KafkaSequenceToken.FromBeginning,
                    KafkaSequenceToken.FromOffset(9),
                    KafkaSequenceToken.FromTime(DateTimeOffset.UnixEpoch),
                    KafkaSequenceToken.OfEvent(1, 2, 3),
                    KafkaSequenceToken.OfRecord(1, 2),
                ]
        )
        {
            var there = serializer.Deserialize<KafkaSequenceToken>(serializer.SerializeToArray(token))!;
            Assert.Equal((token, token.Time, token.IsInternal), (there, there.Time, there.IsInternal));
        }
        Assert.True(KafkaSequenceToken.OfEvent(1, 2, 3).CompareTo(KafkaSequenceToken.OfEvent(1, 2, 4)) < 0);
        Assert.True(KafkaSequenceToken.OfEvent(1, 3, 0).CompareTo(KafkaSequenceToken.OfEvent(1, 2, 4)) > 0);
        Assert.True(KafkaSequenceToken.FromOffset(2).CompareTo(KafkaSequenceToken.OfEvent(1, 2, 0)) < 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => KafkaSequenceToken.FromOffset(-1));
    }

    [Fact]
    public void The_request_context_goes_by_headers_and_what_it_cannot_say_stays_behind()
    {
        var guid = Guid.NewGuid();
        var time = new DateTimeOffset(2026, 11, 26, 1, 2, 3, TimeSpan.FromHours(8));
        var headers = ContextHeaders.Write(
            new()
            {
                ["s"] = "值",
                ["i"] = 5,
                ["l"] = 6L,
                ["d"] = 0.1,
                ["b"] = true,
                ["g"] = guid,
                ["t"] = time,
                ["odd"] = new object(),
                ["#RC"] = "Orleans' own",
            }
        )!;
        Assert.Equal(7, headers.Count);
        var record = new FeedRecord("t", 0, 0, default, null, default, headers);
        Assert.True(ContextHeaders.Import(record));
        Assert.Equal(
            ("值", 5, 6L, 0.1, true, guid, time),
            (
                (string)RequestContext.Get("s")!,
                (int)RequestContext.Get("i")!,
                (long)RequestContext.Get("l")!,
                (double)RequestContext.Get("d")!,
                (bool)RequestContext.Get("b")!,
                (Guid)RequestContext.Get("g")!,
                (DateTimeOffset)RequestContext.Get("t")!
            )
        );
        RequestContext.Clear();
    }

    [Fact]
    public void A_tombstone_holds_no_event_but_is_a_record()
    {
        var record = new FeedRecord("t", 0, 0, default, "k"u8.ToArray(), default, []) { IsTombstone = true };
        var batch = new KafkaBatch("p", StreamId.Create("t", "k"), record, new JsonEventCodec(), null);
        Assert.Empty(batch.GetEvents<Parcel>());
        Assert.Empty(batch.GetEvents<string>());
        Assert.True(Assert.Single(batch.GetEvents<FeedRecord>()).Item1.IsTombstone);
    }

    [Fact]
    public void Every_partition_has_one_queue_and_queues_are_spread_over_the_ring()
    {
        var options = new KafkaStreamOptions { Partitions = 32 };
        options.Topics.Add("one");
        options.Topics.Add("two");
        var map = new QueueMap("p", options, new KeyStreams(), _ => 8);
        var queues = map.GetAllQueues().ToList();
        Assert.Equal(64, queues.Select(map.PartitionOf).Distinct().Count());
        // A third of the ring has about a third of the queues, wherever it begins.
        for (uint begin = 0; begin < 12; begin++)
        {
            var count = queues.Count(q =>
                unchecked(q.GetUniformHashCode() - (begin * (uint.MaxValue / 12))) < uint.MaxValue / 3
            );
            Assert.InRange(count, 16, 27);
        }
        Assert.All(Enumerable.Range(0, 50), i =>
            Assert.InRange(map.GetQueueForStream(StreamId.Create("one", $"{i}")).GetNumericId(), 0u, 7u)
        );
    }

    [Theory]
    [InlineData("Connection.BootstrapServers", "BootstrapServers")]
    [InlineData("Topics", "Topics: is empty")]
    [InlineData("Group", "Group")]
    [InlineData("DeadLetterTopic", "come back for ever")]
    [InlineData("Partitions", "Partitions must be")]
    [InlineData("Poll", "Poll must be")]
    [InlineData("PullSize", "PullSize must be")]
    [InlineData("CacheSize", "CacheSize")]
    [InlineData("Span", "Span must be")]
    [InlineData("MaxRetryTime", "MaxRetryTime must be")]
    [InlineData("LeaseTime", "LeaseTime: must be")]
    [InlineData("Rewinds", "Rewinds")]
    public void A_wrong_option_is_named(string option, string text)
    {
        var options = new KafkaStreamOptions { Group = "g", DeadLetterTopic = "dead" };
        options.Connection.BootstrapServers = "here:9092";
        options.Topics.Add("t");
        Assert.Null(OptionsFault.First(options));
        Action spoil = option switch
        {
            "Connection.BootstrapServers" => () => options.Connection.BootstrapServers = "",
            "Topics" => options.Topics.Clear,
            "Group" => () => options.Group = "",
            "DeadLetterTopic" => () => options.DeadLetterTopic = "t",
            "Partitions" => () => options.Partitions = 0,
            "Poll" => () => options.Poll = TimeSpan.Zero,
            "PullSize" => () => options.PullSize = 0,
            "CacheSize" => () => options.CacheSize = 0,
            "Span" => () => options.Span = 0,
            "MaxRetryTime" => () => options.MaxRetryTime = TimeSpan.Zero,
            "LeaseTime" => () => options.LeaseTime = TimeSpan.FromSeconds(1),
            _ => () => options.Rewinds = 0,
        };
        spoil();
        Assert.Contains(text, OptionsFault.First(options), StringComparison.Ordinal);
    }

    [Fact]
    public void Consumers_are_assigned_and_commit_nothing_themselves()
    {
        var options = new KafkaStreamOptions { Group = "g" };
        var config = options.Consumer();
        Assert.Equal(
            (false, false, "g", false),
            (
                config.EnableAutoCommit,
                config.EnableAutoOffsetStore,
                config.GroupId,
                config.AllowAutoCreateTopics
            )
        );
    }

    [Fact]
    public void Scram_mutual_TLS_and_pass_through_reach_the_clients_configuration()
    {
        var connection = new KafkaConnectionOptions
        {
            BootstrapServers = "a:1,b:2",
            SecurityProtocol = SecurityProtocol.SaslSsl,
            SaslMechanism = SaslMechanism.ScramSha512,
            SaslUsername = "user",
            SaslPassword = "secret",
            SslCaLocation = "/ca.pem",
            SslCertificateLocation = "/me.pem",
            SslKeyLocation = "/me.key",
            SslKeyPassword = "inner",
        };
        connection.Common["socket.keepalive.enable"] = "true";
        connection.Consumer["fetch.error.backoff.ms"] = "77";
        connection.Producer["batch.num.messages"] = "5";
        Assert.Null(OptionsFault.First(connection));
        var consumer = connection.Apply(
            new KafkaStreamOptions { Group = "g" }.Consumer(),
            connection.Consumer
        );
        var producer = connection.Apply(new ProducerConfig(), connection.Producer);
        foreach (var config in (ClientConfig[])[consumer, producer])
        {
            var all = config.ToDictionary(p => p.Key, p => p.Value);
            Assert.Equal(
                ("a:1,b:2", "sasl_ssl", "SCRAM-SHA-512", "user", "secret"),
                (
                    all["bootstrap.servers"],
                    all["security.protocol"],
                    all["sasl.mechanism"],
                    all["sasl.username"],
                    all["sasl.password"]
                )
            );
            Assert.Equal(
                ("/ca.pem", "/me.pem", "/me.key", "inner", "true"),
                (
                    all["ssl.ca.location"],
                    all["ssl.certificate.location"],
                    all["ssl.key.location"],
                    all["ssl.key.password"],
                    all["socket.keepalive.enable"]
                )
            );
        }
        Assert.Equal(
            ("77", "5"),
            (consumer.Get("fetch.error.backoff.ms"), producer.Get("batch.num.messages"))
        );
        Assert.Null(consumer.Get("batch.num.messages"));
        connection.SaslPassword = null;
        Assert.Contains(
            "needs SaslUsername and SaslPassword",
            OptionsFault.First(connection),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Tries_of_a_delivery_wait_longer_each_time_up_to_the_longest()
    {
        var backoff = new StreamBackoff(
            new KafkaStreamOptions
            {
                FirstBackoff = TimeSpan.FromMilliseconds(100),
                LongestBackoff = TimeSpan.FromSeconds(1),
            }
        );
        Assert.InRange(backoff.Next(0).TotalMilliseconds, 50, 150);
        Assert.InRange(backoff.Next(2).TotalMilliseconds, 200, 600);
        Assert.InRange(backoff.Next(1_000).TotalMilliseconds, 500, 1_500);
    }
}
