using ClearanceEngine.Client.Kafka;
using ClearanceEngine.Client.Verbs;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>
/// One bounded run of retries. It has a consumer group of its own, whose offsets say how far it has come: a batch is put back,
/// the broker acknowledges each of its letters, and only then the batch is committed. So nothing is lost, and a run that is
/// killed puts at most its last batch back a second time; the engine takes a repeat of the same message for what it is.
/// </summary>
sealed class RetryRun(KafkaClients clients, IKafkaProducer producer, RetryTopics topics, string name)
{
    /// <summary>Consumer groups of runs begin so.</summary>
    public const string GroupPrefix = "clearance-retry-";

    readonly Guid _session = Guid.NewGuid();
    readonly RunJournal _journal = new(clients, topics.Runs);
    readonly DeadLetterReader _reader = new(clients, topics.Letters, GroupPrefix + name);

    public string Name => name;

    /// <summary>What this start has done so far.</summary>
    public RunCounts Counts { get; private set; } = RunCounts.None;

    /// <summary>What the journal knows of this run, oldest first; empty for one that is new.</summary>
    public IReadOnlyList<RunEntry> Past(CancellationToken cancellationToken) =>
        _journal.Entries(name, cancellationToken);

    /// <summary>Fixes what a new run means, and writes it down before the first letter is put back.</summary>
    /// <returns>Where its work lies.</returns>
    public async Task<RunPlan> Begin(
        DeadLetterFilter filter,
        LetterPosition? only,
        bool again,
        Func<RunEvent, RunEntry> entry
    )
    {
        var plan = new RunPlan(topics.Letters, filter, Meant(_reader.Spans(), only), again);
        // First the positions: a run that is in the journal has them, or has lost them.
        _reader.Commit(plan.Spans.Select(s => new LetterPosition(s.Partition, s.From)));
        await Write(entry(RunEvent.Begun) with { Plan = plan });
        return plan;
    }

    /// <summary>Goes on with a run that the journal knows, up to the ends that it had when it began.</summary>
    /// <returns>What is left of its work.</returns>
    /// <exception cref="VerbException">Kafka no longer knows how far it had come.</exception>
    public async Task<RunPlan> Resume(RunPlan plan, Func<RunEvent, RunEntry> entry)
    {
        var committed = _reader.Committed(plan.Spans.Select(s => s.Partition));
        if (plan.Spans.Any(s => committed[s.Partition] is null))
            throw VerbException.Refused(
                "positions-gone",
                $"Kafka 已不保留运行 {name} 的进度（offsets.retention.minutes）。用新名称并以 --since 限定范围重新开始。Kafka no longer has the positions of run {name} (offsets.retention.minutes); begin a new one, with --since after what was put back."
            );

        await Write(entry(RunEvent.Resumed));
        return plan with
        {
            Spans = [.. plan.Spans.Select(s => s with { From = committed[s.Partition]!.Value })],
        };
    }

    /// <summary>Puts back what the plan means, batch by batch, until its end or the limit.</summary>
    /// <param name="plan">What is to be done.</param>
    /// <param name="limit">Stop after so many letters.</param>
    /// <param name="progress">Is told after each batch.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>True when everything is done, false when the limit came first.</returns>
    /// <exception cref="KafkaUnavailableException">Kafka went away; what is committed stays done.</exception>
    /// <exception cref="VerbException">Somebody else has started this run since.</exception>
    public async Task<bool> Work(
        RunPlan plan,
        long limit,
        Action<RunCounts> progress,
        CancellationToken cancellationToken
    )
    {
        var returns = new LetterReturn(producer, [.. clients.Topics().Keys], new OriginReader(clients).Find);
        var earlier = plan.Again ? EarlierRuns.None : EarlierRuns.Of(_journal.Entries(cancellationToken));
        bool IsMeant(DeadLetterEntry letter) => plan.Filter.Takes(letter) && earlier.RunOf(letter) is null;

        foreach (var span in WithoutExpired(plan.Spans))
        {
            var letters = _reader.Read(span, cancellationToken);
            foreach (var batch in LetterBatch.Cut(letters, span, IsMeant, limit - Tried))
            {
                RequireOwned(cancellationToken);
                var named = await returns.PutBack(batch.Letters);
                _reader.Commit(batch.Next);

                Counts = Counts.With(batch, named);
                progress(Counts);
                if (Tried >= limit)
                    return IsEnd(plan, batch.Next);
            }
        }
        return true;
    }

    /// <summary>Writes down how this start ended.</summary>
    public Task End(RunEvent how, Func<RunEvent, RunEntry> entry) =>
        Write(entry(how) with { Counts = Counts });

    /// <summary>An entry of this start.</summary>
    public RunEntry Entry(RunEvent what, DateTimeOffset at) =>
        new(name, what, at, $"{Environment.UserName}@{Environment.MachineName}", _session);

    long Tried => Counts.Retried + Counts.Left;

    static bool IsEnd(RunPlan plan, LetterPosition position) =>
        plan.Spans[^1] is var last && last.Partition == position.Partition && position.Offset >= last.End;

    Task Write(RunEntry entry) => RunJournal.Write(producer, topics.Runs, entry);

    void RequireOwned(CancellationToken cancellationToken)
    {
        if (!_journal.Owns(name, _session, cancellationToken))
            throw VerbException.Refused(
                "run-taken-over",
                $"运行 {name} 已在别处继续，本次停止。Run {name} was started again elsewhere; this start ends. The verb dead-letters runs says who did."
            );
    }

    /// <summary>Retention may have taken letters before the run came to them: these are counted.</summary>
    IEnumerable<LetterSpan> WithoutExpired(IReadOnlyList<LetterSpan> spans)
    {
        var now = _reader.Spans().ToDictionary(s => s.Partition);
        foreach (var span in spans)
        {
            var low = now.TryGetValue(span.Partition, out var found) ? found.From : span.End;
            var from = Math.Clamp(low, span.From, span.End);
            Counts = Counts with { Expired = Counts.Expired + from - span.From };
            yield return span with
            {
                From = from,
            };
        }
    }

    /// <summary>All of what is there, or the one letter that is meant.</summary>
    /// <exception cref="VerbException">It is not there.</exception>
    public static IReadOnlyList<LetterSpan> Meant(IReadOnlyList<LetterSpan> spans, LetterPosition? only)
    {
        if (only is not { } position)
            return spans;

        return
            spans.FirstOrDefault(s => s.Partition == position.Partition) is { } span
            && position.Offset >= span.From
            && position.Offset < span.End
            ? [new LetterSpan(position.Partition, position.Offset, position.Offset + 1)]
            : throw NoLetter(position);
    }

    /// <summary>There is no letter at this place.</summary>
    public static VerbException NoLetter(LetterPosition position) =>
        VerbException.Refused(
            "no-letter",
            $"没有编号 {position} 的死信。There is no dead letter {position}; the verb dead-letters list shows which there are."
        );
}

/// <summary>The topics of the dead letters.</summary>
/// <param name="Letters">Where they lie.</param>
/// <param name="Runs">Where it is written who retried them.</param>
sealed record RetryTopics(string Letters, string Runs);
