using System.Globalization;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Who writes what the engine decides by.</summary>
enum RecordTrust
{
    /// <summary>The engine itself, or nobody asks; the broker's defaults stay.</summary>
    Any,

    /// <summary>
    /// Strangers, whose records get the broker's time (<c>LogAppendTime</c>, ADR 015), and are stored as they are read: the broker
    /// counts a compressed record by its compressed size, and one of a few kilobytes can unfold to more than a silo's memory.
    /// </summary>
    Strangers,
}

/// <summary>A topic of the engine.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">As many when it is created.</param>
/// <param name="Writers">Who may write to it.</param>
/// <param name="Readers">Who reads it.</param>
/// <param name="Trust">Who writes it.</param>
/// <param name="Keep">How long records stay; null leaves it to the broker.</param>
sealed record EngineTopic(
    string Name,
    int Partitions,
    string Writers,
    string Readers,
    RecordTrust Trust = RecordTrust.Any,
    TimeSpan? Keep = null
)
{
    public const string TimestampType = "message.timestamp.type",
        LogAppendTime = "LogAppendTime",
        Retention = "retention.ms",
        Cleanup = "cleanup.policy",
        Compression = "compression.type",
        Uncompressed = "uncompressed",
        InSync = "min.insync.replicas";

    public TopicSpecification Specification(int? minInSync)
    {
        // A compacted topic would keep the last record of each key only: of all that went to customs, one message a sender.
        var settings = new List<TopicSetting> { new(Cleanup, "delete") };
        if (Trust == RecordTrust.Strangers)
        {
            settings.Add(new(TimestampType, LogAppendTime));
            settings.Add(new(Compression, Uncompressed));
        }
        if (Keep is { } keep)
            settings.Add(new(Retention, Milliseconds(keep), SettingMatch.AtLeast));
        if (minInSync is { } replicas)
            settings.Add(new(InSync, replicas.ToString(CultureInfo.InvariantCulture), SettingMatch.AtLeast));
        return new TopicSpecification(Name, Partitions) { Settings = settings };
    }

    static string Milliseconds(TimeSpan time) =>
        ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

/// <summary>All topics of the engine, with their settings and who writes and reads them; the README has the same table.</summary>
static class EngineTopics
{
    const string Engine = "engine",
        Participants = "participants",
        Customs = "customs",
        Operators = "operators";

    public static IReadOnlyList<EngineTopic> All(
        EngineOptions engine,
        TopicOptions topics,
        IParticipantRegistry participants,
        DeclarationTopics declarations
    ) =>
        [
            .. declarations.All.Select(topic => new EngineTopic(
                topic.Name,
                engine.Partitions,
                Participants,
                Engine,
                RecordTrust.Strangers
            )),
            new(TopicNames.Outbound, engine.Partitions, Engine, Customs),
            new(TopicNames.Queries, engine.Partitions, Engine, Customs),
            new(TopicNames.Receipts, engine.Partitions, Customs, Engine, RecordTrust.Strangers),
            new(TopicNames.DeadLetters, 1, Engine, Operators, Keep: topics.KeepDeadLetters),
            new(TopicNames.DeadLetterRuns, 1, Operators, Operators, Keep: topics.KeepDeadLetters),
            new(TopicNames.SetAside, 1, Engine, Operators, Keep: topics.KeepDeadLetters),
            .. participants
                .All.Select(p => p.Topic)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(name => new EngineTopic(name, 1, Engine, Participants, Keep: topics.KeepReceipts)),
        ];

    /// <summary>What they are created with and checked against.</summary>
    public static IReadOnlyList<TopicSpecification> Specifications(
        EngineOptions engine,
        TopicOptions topics,
        IParticipantRegistry participants,
        DeclarationTopics declarations
    )
    {
        int? minInSync = topics.MinInSyncReplicas ?? (engine.Replication >= 3 ? 2 : null);
        return [.. All(engine, topics, participants, declarations).Select(t => t.Specification(minInSync))];
    }
}
