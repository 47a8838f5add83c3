using ClearanceEngine.Client.Verbs;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClearanceEngine.Client.Kafka;

/// <summary>Makes the command line's clients of Kafka, all by the same settings, and none that waits for ever.</summary>
/// <param name="connection">How to reach it.</param>
/// <param name="patience">After so long without a word it counts as out of reach.</param>
/// <param name="origin">Who named the brokers; told when they do not answer.</param>
sealed class KafkaClients(KafkaConnectionOptions connection, TimeSpan patience, string origin) : IDisposable
{
    /// <summary>What a consumer reads ahead: a letter may have 4 MiB, and a hundred thousand of them must not lie in memory.</summary>
    const int ReadAheadKilobytes = 16 * 1024,
        FetchBytes = 8 * 1024 * 1024;

    /// <summary>Records and bytes that wait for their acknowledgement at once.</summary>
    const int InFlight = 2_000;
    const long InFlightBytes = 64 * 1024 * 1024;

    readonly List<IDisposable> _made = [];
    IAdminClient? _admin;

    public TimeSpan Patience => patience;

    public string Servers => connection.BootstrapServers;

    /// <summary>What the client said last of a connection that fails, such as that a password is wrong.</summary>
    public string? LastError { get; private set; }

    /// <summary>Reads and commits for a group, only what it is told to and when it is told to.</summary>
    /// <exception cref="VerbException">A setting is not known or cannot work.</exception>
    public IConsumer<byte[]?, byte[]?> Consumer(string group) =>
        Made(() =>
            new ConsumerBuilder<byte[]?, byte[]?>(ConsumerConfig(group))
                .SetErrorHandler((_, e) => LastError = e.Reason)
                .SetLogHandler((_, _) => { })
                .Build()
        );

    internal ConsumerConfig ConsumerConfig(string group)
    {
        var config = new ConsumerConfig
        {
            GroupId = group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AllowAutoCreateTopics = false,
            FetchWaitMaxMs = 20,
            FetchMaxBytes = FetchBytes,
            QueuedMaxMessagesKbytes = ReadAheadKilobytes,
        };
        return connection.Apply(config, connection.Consumer);
    }

    /// <summary>Waits for the broker's acknowledgement of each record, and for room when too many wait.</summary>
    /// <exception cref="VerbException">A setting is not known or cannot work.</exception>
    public IKafkaProducer Producer()
    {
        var options = new KafkaProducerOptions
        {
            InFlight = InFlight,
            BufferBytes = InFlightBytes,
            Timeout = patience * 3,
        };
        return Made(() => new KafkaProducer(connection, options, NullLogger<KafkaProducer>.Instance));
    }

    /// <summary>The topics there are, and how many partitions each has.</summary>
    /// <exception cref="KafkaException">The broker is out of reach.</exception>
    public IReadOnlyDictionary<string, int> Topics() =>
        Reach(() => Admin().GetMetadata(patience))
            .Topics.ToDictionary(t => t.Topic, t => t.Partitions.Count, StringComparer.Ordinal);

    /// <summary>Partitions of a topic.</summary>
    /// <exception cref="VerbException">There is no such topic.</exception>
    /// <exception cref="KafkaException">The broker is out of reach.</exception>
    public int Partitions(string topic) =>
        Topics().TryGetValue(topic, out var partitions)
            ? partitions
            : throw VerbException.Refused(
                "no-topic",
                $"Kafka（{Servers}）上没有主题 {topic}；引擎启动时会创建。There is no topic {topic} at {Servers}; the engine makes it when it starts. Check that this is the engine's Kafka."
            );

    /// <summary>Runs a request; one that fails says what the client knows of the reason.</summary>
    public T Reach<T>(Func<T> request)
    {
        try
        {
            return request();
        }
        catch (KafkaException e)
        {
            throw Away(e.Error);
        }
    }

    /// <summary>Kafka does not answer, with the place and the client's last words.</summary>
    public KafkaException Away(Error error)
    {
        var reason =
            LastError is { } last && last != error.Reason ? $"{error.Reason} ({last})" : error.Reason;
        return new KafkaException(
            new Error(
                error.Code,
                $"Kafka {Servers} [取自 as {origin} says]: {reason}. 请检查地址与配置 check --kafka, --kafka-config and that the broker runs"
            )
        );
    }

    public void Dispose()
    {
        foreach (var made in _made)
            made.Dispose();
        _admin?.Dispose();
    }

    IAdminClient Admin() =>
        _admin ??= Checked(() =>
            new AdminClientBuilder(connection.Apply(new AdminClientConfig(), connection.Admin))
                .SetErrorHandler((_, e) => LastError = e.Reason)
                .SetLogHandler((_, _) => { })
                .Build()
        );

    T Made<T>(Func<T> build)
        where T : IDisposable
    {
        var made = Checked(build);
        _made.Add(made);
        return made;
    }

    /// <summary>librdkafka refuses names and values that it does not know when the client is built.</summary>
    static T Checked<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw VerbException.Usage(
                "bad-kafka-settings",
                $"Kafka 配置有误 Kafka's settings are wrong: {e.Message}",
                e
            );
        }
    }
}
