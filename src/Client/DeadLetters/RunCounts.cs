using System.Text.Json.Serialization;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>A letter that was not put back.</summary>
/// <param name="Position">Where it lies.</param>
/// <param name="Problem">Stable name: <c>origin-gone</c>, <c>no-topic</c>, <c>refused-by-kafka</c>.</param>
/// <param name="Text">What is wrong and what to do.</param>
sealed record LeftLetter(string Position, string Problem, string Text);

/// <summary>What one start of a run did.</summary>
/// <param name="Retried">Letters put back; the broker has acknowledged each.</param>
/// <param name="Left">Letters of the filter that could not be put back.</param>
/// <param name="Passed">Letters that the filter does not take, or that an earlier run has put back.</param>
/// <param name="Expired">Offsets that Kafka's retention took away before the run came to them.</param>
/// <param name="Named">The first of those that were left, by name.</param>
sealed record RunCounts(long Retried, long Left, long Passed, long Expired, IReadOnlyList<LeftLetter> Named)
{
    /// <summary>Batches so far; not of interest once the run is over.</summary>
    [JsonIgnore]
    public int Batches { get; init; }

    /// <summary>More letters that were left are counted, not named: the record of a run has to fit a message.</summary>
    public const int MostNamed = 200;

    public static RunCounts None { get; } = new(0, 0, 0, 0, []);

    public RunCounts With(LetterBatch batch, IReadOnlyList<LeftLetter> left) =>
        this with
        {
            Batches = Batches + 1,
            Retried = Retried + batch.Letters.Count - left.Count,
            Left = Left + left.Count,
            Passed = Passed + batch.Passed,
            Named = Named.Count >= MostNamed ? Named : [.. Named.Concat(left).Take(MostNamed)],
        };
}
