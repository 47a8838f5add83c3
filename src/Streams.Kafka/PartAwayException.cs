namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// A part that a record's handling needs (database, broker, token, another silo) is away. Nothing is wrong with the record:
/// the try does not count, and it is made again when the part is back.
/// </summary>
/// <param name="part">Short stable name of the part, for metrics and health.</param>
/// <param name="text">What is away, where it was looked for, and what to do.</param>
/// <param name="inner">How it was noticed.</param>
[GenerateSerializer, Alias("kafka.part-away")]
public sealed class PartAwayException(string part, string text, Exception? inner = null)
    : Exception(text, inner)
{
    /// <summary>Short stable name of the part.</summary>
    [Id(0)]
    public string Part { get; } = part;

    /// <summary>
    /// Every record needs the part: nothing more is read until it is back. False where only some records do: these wait, others
    /// go on beside them. Default true.
    /// </summary>
    [Id(1)]
    public bool StopsReading { get; init; } = true;

    /// <summary>What is away if this part answers: it may be out of reach of another process only, whose error this is. Null for nothing else.</summary>
    [Id(2)]
    public PartAwayException? OrElse { get; init; }
}
