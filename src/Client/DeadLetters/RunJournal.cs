using System.Text.Json;
using ClearanceEngine.Client.Kafka;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>What happened to a run of retries.</summary>
enum RunEvent
{
    /// <summary>Somebody began it; holds the plan.</summary>
    Begun,

    /// <summary>Somebody went on with it.</summary>
    Resumed,

    /// <summary>It stopped before its end: at its limit, at its user's wish, or because Kafka went away.</summary>
    Paused,

    /// <summary>Everything it meant was put back or named.</summary>
    Ended,
}

/// <summary>What a run means to put back; fixed when it begins, so that letters it put back and that came again are not of it.</summary>
/// <param name="Topic">The dead-letter topic.</param>
/// <param name="Filter">Which letters.</param>
/// <param name="Spans">Where they lie, each partition up to its end when the run began.</param>
/// <param name="Again">Also those that an earlier run has put back.</param>
sealed record RunPlan(
    string Topic,
    DeadLetterFilter Filter,
    IReadOnlyList<LetterSpan> Spans,
    bool Again = false
);

/// <summary>One line of the journal.</summary>
/// <param name="Run">Name of the run.</param>
/// <param name="Event">What happened.</param>
/// <param name="At">When, UTC.</param>
/// <param name="By">Who: user@host.</param>
/// <param name="Session">Which start of the command; the newest one owns the run.</param>
/// <param name="Plan">What it means, with its beginning only.</param>
/// <param name="Counts">What this start did, with its end or pause only.</param>
sealed record RunEntry(
    string Run,
    RunEvent Event,
    DateTimeOffset At,
    string By,
    Guid Session,
    RunPlan? Plan = null,
    RunCounts? Counts = null
);

/// <summary>Who retried what, on a topic of its own beside the dead letters: for the next operator, and for going on after a crash.</summary>
sealed class RunJournal(KafkaClients clients, string topic)
{
    readonly DeadLetterReader _reader = new(clients, topic, DeadLetterReader.LookingGroup);
    readonly Dictionary<int, long> _read = [];
    readonly List<RunEntry> _entries = [];

    /// <summary>Whether the engine has made its topic.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka is out of reach.</exception>
    public bool Exists() => clients.Topics().ContainsKey(topic);

    /// <summary>All entries, oldest first. Reads what has come since it was last asked.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka is out of reach.</exception>
    public IReadOnlyList<RunEntry> Entries(CancellationToken cancellationToken)
    {
        foreach (var span in _reader.Spans())
        {
            var from = Math.Max(span.From, _read.GetValueOrDefault(span.Partition));
            foreach (var record in _reader.Read(span with { From = from }, cancellationToken))
            {
                if (Parse(record.Value) is { } entry)
                    _entries.Add(entry);
            }
            _read[span.Partition] = span.End;
        }
        return _entries;
    }

    /// <summary>The entries of one run, oldest first.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka is out of reach.</exception>
    public IReadOnlyList<RunEntry> Entries(string run, CancellationToken cancellationToken) =>
        [.. Entries(cancellationToken).Where(e => e.Run == run)];

    /// <summary>Whether this start of the command still owns its run: nobody has started it elsewhere since.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka is out of reach.</exception>
    public bool Owns(string run, Guid session, CancellationToken cancellationToken) =>
        Entries(run, cancellationToken)
            .LastOrDefault(e => e.Event is RunEvent.Begun or RunEvent.Resumed)
            ?.Session == session;

    /// <summary>Writes an entry; returns when the broker has it.</summary>
    public static Task Write(IKafkaProducer producer, string topic, RunEntry entry) =>
        producer.Produce(
            topic,
            System.Text.Encoding.UTF8.GetBytes(entry.Run),
            JsonSerializer.SerializeToUtf8Bytes(entry, ClearanceClient.Json)
        );

    /// <summary>Others may write there, too; what is none of ours is passed over.</summary>
    static RunEntry? Parse(byte[]? value)
    {
        try
        {
            return value is null ? null : JsonSerializer.Deserialize<RunEntry>(value, ClearanceClient.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
