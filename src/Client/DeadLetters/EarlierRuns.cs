namespace ClearanceEngine.Client.DeadLetters;

/// <summary>
/// Which letters earlier runs have put back, by the journal: letters stay in their topic, and must not be taken for open ones
/// for ever. Only runs count that are over and told of every start; of one that was killed it is not known what it left.
/// </summary>
sealed class EarlierRuns
{
    /// <param name="Name">Of the run.</param>
    /// <param name="Begun">When it began; a letter that was parked later is another one, on a topic that was made anew.</param>
    /// <param name="Plan">What it meant.</param>
    /// <param name="Left">What it could not put back.</param>
    sealed record Run(string Name, DateTimeOffset Begun, RunPlan Plan, HashSet<string> Left);

    readonly List<Run> _runs = [];

    public static EarlierRuns None { get; } = new();

    /// <summary>By a journal; an engine of an earlier version has made none.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka is out of reach.</exception>
    public static EarlierRuns Of(RunJournal journal, CancellationToken cancellationToken) =>
        journal.Exists() ? Of(journal.Entries(cancellationToken)) : None;

    public static EarlierRuns Of(IEnumerable<RunEntry> journal)
    {
        var earlier = new EarlierRuns();
        foreach (var run in journal.GroupBy(e => e.Run, StringComparer.Ordinal))
        {
            var entries = run.ToList();
            if (entries.Find(e => e.Plan is not null) is { Plan: { } plan } begun && IsKnown(entries))
                earlier._runs.Add(
                    new Run(run.Key, begun.At, plan, [.. Named(entries).Select(l => l.Position)])
                );
        }
        return earlier;
    }

    /// <summary>The run that put a letter back; null when none did.</summary>
    public string? RunOf(DeadLetterEntry letter) =>
        _runs
            .Find(r =>
                letter.Parked <= r.Begun
                && r.Plan.Spans.Any(s => Holds(s, letter))
                && r.Plan.Filter.Takes(letter)
                && !r.Left.Contains(letter.Position)
            )
            ?.Name;

    static bool Holds(LetterSpan span, DeadLetterEntry letter) =>
        span.Partition == letter.Partition && letter.Offset >= span.From && letter.Offset < span.End;

    /// <summary>It is over, each of its starts told how it ended, and named all that it left.</summary>
    static bool IsKnown(List<RunEntry> entries)
    {
        var isOver = entries.Exists(e => e.Event == RunEvent.Ended);
        var starts = entries.Count(e => e.Event is RunEvent.Begun or RunEvent.Resumed);
        var counts = entries.Select(e => e.Counts).OfType<RunCounts>().ToList();
        return isOver && counts.Count == starts && counts.TrueForAll(c => c.Left == c.Named.Count);
    }

    static IEnumerable<LeftLetter> Named(List<RunEntry> entries) =>
        entries.SelectMany(e => e.Counts?.Named ?? []);
}
