namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Knows the parts that handling records needs: which errors mean that one is away, and whether it is back. A reader asks;
/// what the parts are is its host's business. Thread-safe.
/// </summary>
public interface IPartWatch
{
    /// <summary>Names of the parts that can be asked.</summary>
    IReadOnlyList<string> Parts { get; }

    /// <summary>The part that is away, as an error tells it; null when the error tells of no part. Cheap, and asks nobody.</summary>
    PartAwayException? Away(Exception error);

    /// <summary>Asks the part itself. Returns when it works; one of which nothing is known counts as working.</summary>
    /// <param name="part">Name of the part, as <see cref="PartAwayException.Part"/> has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Exception">It is away; the message says why.</exception>
    Task Probe(string part, CancellationToken cancellationToken);
}

/// <summary>Knows no part but what a handler itself calls away, and the broker that a producer could not reach.</summary>
public sealed class NoPartWatch : IPartWatch
{
    /// <summary>Name of the broker as a part.</summary>
    public const string Broker = "broker";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts => [];

    /// <inheritdoc/>
    public PartAwayException? Away(Exception error) =>
        error switch
        {
            PartAwayException away => away,
            KafkaUnavailableException e => new PartAwayException(Broker, e.Message, e),
            _ => null,
        };

    /// <inheritdoc/>
    public Task Probe(string part, CancellationToken cancellationToken) => Task.CompletedTask;
}
