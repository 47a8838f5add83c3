using System.Globalization;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Participants;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ClearanceEngine.Bench.Rig;

/// <summary>A real Kafka, or the development broker inside the harness; with the engine's topics.</summary>
sealed class Broker : IAsyncDisposable
{
    const int Partitions = 8,
        MessageMaxBytes = 8_000_000;

    readonly KafkaServer? _kafka;
    readonly KafkaDevelopmentBroker? _development;

    Broker(KafkaServer? kafka, KafkaDevelopmentBroker? development) =>
        (_kafka, _development) = (kafka, development);

    public string BootstrapServers => _kafka?.BootstrapServers ?? _development!.BootstrapServers;

    public double Cpu => _kafka is null ? 0 : ProcessUsage.Cpu(_kafka.IdOf(1));

    public static async Task<Broker> Start(string directory, string? home)
    {
        (string Name, int Partitions)[] topics =
        [
            .. TopicNames
                .Declarations.Append(TopicNames.Queries)
                .Append(TopicNames.Outbound)
                .Append(TopicNames.Receipts)
                .Select(t => (t, Partitions)),
            (TopicNames.DeadLetters, 1),
            .. ParticipantRegistry.Development.All.Select(p => (p.Topic, 1)),
        ];
        if (home is null)
        {
            var development = KafkaDevelopmentBroker.Start();
            foreach (var (name, partitions) in topics)
                development.CreateTopic(name, partitions);
            return new Broker(null, development);
        }
        var kafka = KafkaServer.Start(directory, 1, home);
        using var admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }
        )
            .SetLogHandler((_, _) => { })
            .Build();
        // What is measured ends when the broker has it, so the broker stamps it.
        await admin.CreateTopicsAsync(
            topics.Select(t => new TopicSpecification
            {
                Name = t.Name,
                NumPartitions = t.Partitions,
                Configs = new()
                {
                    ["max.message.bytes"] = MessageMaxBytes.ToString(CultureInfo.InvariantCulture),
                    ["message.timestamp.type"] = t.Name.StartsWith("declarations.", StringComparison.Ordinal)
                        ? "CreateTime"
                        : "LogAppendTime",
                },
            })
        );
        return new Broker(kafka, null);
    }

    public async ValueTask DisposeAsync()
    {
        _kafka?.Dispose();
        if (_development is not null)
            await _development.DisposeAsync();
    }
}
