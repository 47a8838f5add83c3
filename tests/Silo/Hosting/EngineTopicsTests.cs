using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Topics are made with our settings, and those that were there are checked and never altered (decision 11).</summary>
public sealed class EngineTopicsTests
{
    const string TimeOf = "message.timestamp.type";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _topic = $"hosting-{Guid.NewGuid():N}";

    [Fact]
    public void What_participants_and_customs_write_has_the_broker_s_time_and_nothing_is_compacted()
    {
        var topics = Specifications(new EngineOptions { Replication = 3 });
        string[] decided = [.. TopicNames.Declarations, TopicNames.Receipts];
        Assert.All(decided, t => Assert.Equal("LogAppendTime", Setting(topics[t], TimeOf)));
        Assert.All(decided, t => Assert.Equal("uncompressed", Setting(topics[t], "compression.type")));
        Assert.All(topics.Values, t => Assert.Equal("delete", Setting(t, "cleanup.policy")));
        Assert.All(topics.Values, t => Assert.Equal("2", Setting(t, "min.insync.replicas")));
    }

    [Fact]
    public void Dead_letters_and_receipts_stay_ninety_days_unless_it_is_set()
    {
        var topics = Specifications(new EngineOptions());
        var ninety = "7776000000";
        Assert.Equal(ninety, Setting(topics[TopicNames.DeadLetters], "retention.ms"));
        Assert.Equal(ninety, Setting(topics["receipts.9999900005"], "retention.ms"));
        Assert.Null(Setting(topics[TopicNames.Outbound], "min.insync.replicas"));

        var set = Specifications(
            new EngineOptions(),
            new TopicOptions { KeepReceipts = TimeSpan.FromDays(7) }
        );
        Assert.Equal("604800000", Setting(set["receipts.9999900005"], "retention.ms"));
    }

    [Fact]
    public void The_README_names_every_topic_and_option()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var topics = EngineTopics.All(
            new EngineOptions(),
            new TopicOptions(),
            ParticipantRegistry.Development,
            Declarations(TopicSharing.Both)
        );
        var names = topics.Select(t => Row(t.Name)).Distinct();
        var options = typeof(TopicOptions).GetProperties().Select(p => $"Topics:{p.Name}");
        Assert.All(names.Concat(options), n => Assert.Contains($"`{n}", readme, StringComparison.Ordinal));
    }

    /// <summary>A topic that nobody may write or read by the commands is one that was forgotten there.</summary>
    [Fact]
    public void The_commands_of_ACLs_name_every_topic()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "docs", "examples", "kafka-acls.sh");
        var words = File.ReadAllText(file).Split([' ', '\n', '"']);
        var topics = EngineTopics.All(
            new EngineOptions(),
            new TopicOptions(),
            ParticipantRegistry.Development,
            Declarations(TopicSharing.Both)
        );

        Assert.All(topics.Select(t => Row(t.Name)).Distinct(), name => Assert.Contains(name, words));
    }

    /// <summary>As the table and the commands name what there is one of for each participant.</summary>
    static string Row(string topic)
    {
        if (topic.StartsWith("receipts.", StringComparison.Ordinal))
            return "receipts.{code}";
        return DeclarationTopic.TryParse(topic, out var declarations) && declarations.Value.Owner is not null
            ? "declarations.{kind}.{code}"
            : topic;
    }

    /// <summary>16 MiB of blanks are 16 KiB on the way to the broker, and would be 16 MiB again in the silo that reads them.</summary>
    [Fact]
    public async Task A_small_record_that_unfolds_to_a_large_one_is_refused_by_the_broker()
    {
        var kafka = Kafka();
        await kafka.Ensure([Decided(_topic)], -1, null, CancellationToken.None);
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = Parts.Kafka,
                CompressionType = CompressionType.Gzip,
                MessageMaxBytes = 64 * 1024 * 1024,
            }
        ).Build();
        await producer.ProduceAsync(_topic, new() { Value = Blanks(1024 * 1024) });
        var refused = await Assert.ThrowsAsync<ProduceException<Null, byte[]>>(() =>
            producer.ProduceAsync(_topic, new() { Value = Blanks(16 * 1024 * 1024) })
        );
        Assert.Contains(
            refused.Error.Code,
            new[] { Confluent.Kafka.ErrorCode.MsgSizeTooLarge, Confluent.Kafka.ErrorCode.RecordListTooLarge }
        );

        static byte[] Blanks(int count) => [.. Enumerable.Repeat((byte)' ', count)];
    }

    [Fact]
    public async Task A_sender_s_clock_gives_no_record_its_time()
    {
        var kafka = Kafka();
        await kafka.Ensure([Decided(_topic)], -1, null, CancellationToken.None);
        Assert.Empty(await kafka.Differences([Decided(_topic)], null, CancellationToken.None));

        var years = new Timestamp(DateTime.UtcNow.AddYears(-2));
        using var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = Parts.Kafka }
        ).Build();
        await producer.ProduceAsync(_topic, new() { Value = "x", Timestamp = years });
        using var consumer = new ConsumerBuilder<Ignore, string>(
            new ConsumerConfig { BootstrapServers = Parts.Kafka, GroupId = _topic }
        ).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, 0));
        var seen = consumer.Consume(Patience).Message.Timestamp.UtcDateTime;
        Assert.InRange(seen, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task A_topic_that_was_there_is_checked_and_left_as_it_is()
    {
        var kafka = Kafka();
        var before = new TopicSpecification(_topic, 2)
        {
            Settings = [new(TimeOf, "CreateTime"), new("retention.ms", "60000")],
        };
        await kafka.Ensure([before], -1, null, CancellationToken.None);
        await kafka.Ensure([Decided(_topic)], -1, null, CancellationToken.None);

        var found = await kafka.Differences([Decided(_topic)], null, CancellationToken.None);
        Assert.Equal(
            [
                new(_topic, "partitions", "1", "2"),
                new(_topic, TimeOf, "LogAppendTime", "CreateTime"),
                new(_topic, "compression.type", "uncompressed", "producer"),
                new(_topic, "retention.ms", "7776000000", "60000"),
            ],
            found
        );
        Assert.Equal(found, await kafka.Differences([Decided(_topic)], null, CancellationToken.None));
    }

    [Fact]
    public void Senders_times_end_the_start_and_other_differences_warn_unless_it_is_set_otherwise()
    {
        TopicDifference time = new("declarations.order", TimeOf, "LogAppendTime", "CreateTime"),
            keep = new("receipts.1", "retention.ms", "7776000000", "60000"),
            unseen = new("declarations.order", TimeOf, "LogAppendTime", "");

        var text = Assert.Throws<InvalidDataException>(() => TopicVerdict.Of([keep, time], new())).Message;
        Assert.Contains(
            "--entity-name declarations.order --add-config message.timestamp.type=LogAppendTime",
            text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("receipts.1", text, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => TopicVerdict.Of([unseen], new()));

        Assert.Contains(
            "retention.ms",
            Assert.Single(TopicVerdict.Of([keep], new())),
            StringComparison.Ordinal
        );
        Assert.Throws<InvalidDataException>(() =>
            TopicVerdict.Of([keep], new() { OtherSettings = OtherSetting.Refuse })
        );
        Assert.Equal(2, TopicVerdict.Of([keep, time], new() { SenderTimes = OtherSetting.Warn }).Count);
    }

    static TopicSpecification Decided(string name) =>
        new EngineTopic(name, 1, "", "", RecordTrust.Strangers, TimeSpan.FromDays(90)).Specification(null);

    static KafkaTopics Kafka()
    {
        Parts.Require(Parts.Kafka is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
        return new KafkaTopics(
            new KafkaConnectionOptions { BootstrapServers = Parts.Kafka! },
            TimeProvider.System,
            NullLogger<KafkaTopics>.Instance
        );
    }

    static Dictionary<string, TopicSpecification> Specifications(
        EngineOptions engine,
        TopicOptions? topics = null
    ) =>
        EngineTopics
            .Specifications(
                engine,
                topics ?? new TopicOptions(),
                ParticipantRegistry.Development,
                Declarations(TopicSharing.Shared)
            )
            .ToDictionary(t => t.Name);

    static DeclarationTopics Declarations(TopicSharing sharing) =>
        new(
            new IntakeOptions { Topics = sharing },
            ParticipantRegistry.Development,
            new CustomsPortOptions()
        );

    static string? Setting(TopicSpecification topic, string name) =>
        topic.Settings!.Where(s => s.Name == name).Select(s => s.Value).FirstOrDefault();
}
