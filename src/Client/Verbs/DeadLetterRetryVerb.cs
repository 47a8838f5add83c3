using System.CommandLine;
using System.Text.RegularExpressions;
using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.Client.Kafka;
using ClearanceEngine.Terminal;

namespace ClearanceEngine.Client.Verbs;

/// <summary>
/// <c>clearance dead-letters retry</c>: puts letters back on the topics they came from, in one bounded run that can be stopped,
/// killed and gone on with. See docs/dead-letters.md for what it promises.
/// </summary>
static partial class DeadLetterRetryVerb
{
    /// <summary>What was asked for.</summary>
    sealed record Request(
        string Run,
        DeadLetterFilter Filter,
        LetterPosition? Only,
        bool All,
        bool Again,
        long Limit
    )
    {
        public bool NamesLetters => All || Only is not null || !Filter.IsEmpty;
    }

    /// <summary>What <c>retry</c> tells at its end.</summary>
    sealed record Report(
        string Run,
        bool DryRun,
        bool Done,
        RunCounts Counts,
        IReadOnlyList<GroupCount>? Groups
    );

    /// <summary>How many letters of one reason and topic a dry run found.</summary>
    sealed record GroupCount(string Reason, string Topic, long Letters);

    sealed class Options
    {
        public DeadLetterFilterOptions Filter { get; } = new();

        public Option<string?> Run { get; } =
            new("--run")
            {
                Description =
                    "运行名称 name of the run (a-z, 0-9, -); the same name again goes on where it stopped",
            };

        public Option<string?> At { get; } =
            new("--at") { Description = "只重试这一封 only the letter partition:offset" };

        public Option<bool> All { get; } = new("--all") { Description = "全部死信 all dead letters" };

        public Option<bool> Again { get; } =
            new("--again") { Description = "包括已放回过的 also letters that an earlier run put back" };

        public Option<bool> DryRun { get; } =
            new("--dry-run") { Description = "只统计，不放回 count what would be put back, and do nothing" };

        public Option<long?> Limit { get; } =
            new("--limit")
            {
                Description = "本次最多 most letters of this start; the same --run goes on from there",
            };
    }

    public static Command Command(VerbHost host, DeadLetterTopicOption topics)
    {
        var options = new Options();
        var command = new Command("retry", "放回原主题重试 put letters back on the topics they came from")
        {
            options.Run,
            options.At,
            options.All,
            options.Again,
            options.DryRun,
            options.Limit,
        };
        options.Filter.AddTo(command);
        host.SetAction(command, call => Retry(call, topics.Of(call), options));
        return command;
    }

    static async Task<int> Retry(VerbCall call, RetryTopics topics, Options options)
    {
        var request = Read(call, options);
        using var kafka = call.Kafka();
        if (call.Value(options.DryRun))
            return Count(call, kafka, topics, request);

        var run = new RetryRun(kafka, kafka.Producer(), topics, request.Run);
        var reader = new DeadLetterReader(kafka, topics.Letters, DeadLetterReader.LookingGroup);
        return await Start(call, run, reader, request);
    }

    static async Task<int> Start(VerbCall call, RetryRun run, DeadLetterReader reader, Request request)
    {
        RunEntry Entry(RunEvent what) => run.Entry(what, call.Time.GetUtcNow());

        var past = run.Past(call.Token);
        if (past.LastOrDefault(e => e.Event == RunEvent.Ended) is { Counts: { } counts })
            return Tell(call, new Report(run.Name, false, true, counts, null));

        var plan = await Plan(call, run, reader, request, past, Entry);
        try
        {
            var done = await run.Work(plan, request.Limit, c => Progress(call, c), call.Token);
            await run.End(done ? RunEvent.Ended : RunEvent.Paused, Entry);
            return Tell(call, new Report(run.Name, false, done, run.Counts, null));
        }
        catch (Exception e) when (Failure.Of(e, call) is { } failure)
        {
            if (failure.ExitCode == CommandLine.Stopped)
                await run.End(RunEvent.Paused, Entry);
            throw new VerbException(
                failure.ExitCode,
                failure.Code,
                $"{failure.Text} 本次放回 put back {run.Counts.Retried}; 继续 to go on: {GoOn(call, run.Name)}",
                e
            );
        }
    }

    static async Task<RunPlan> Plan(
        VerbCall call,
        RetryRun run,
        DeadLetterReader reader,
        Request request,
        IReadOnlyList<RunEntry> past,
        Func<RunEvent, RunEntry> entry
    )
    {
        if (past.FirstOrDefault(e => e.Event == RunEvent.Begun) is { Plan: { } plan } begun)
        {
            RequireSame(request, begun);
            call.Say(
                $"继续 going on with {run.Name} ({begun.By}, {Words.Time(begun.At)}, UTC+8): {plan.Filter}"
            );
            return await run.Resume(plan, entry);
        }

        if (!request.NamesLetters)
            throw VerbException.Usage(
                "no-filter",
                "请说明重试哪些死信：--reason、--topic、--since、--until、--at，或 --all。Say which letters: --reason, --topic, --since, --until, --at, or --all."
            );
        RequireReason(call, reader, request.Filter);
        call.Say($"运行 run {run.Name}: {request.Filter}");
        return await run.Begin(request.Filter, request.Only, Again(request), entry);
    }

    /// <summary>Whoever names one letter means it.</summary>
    static bool Again(Request request) => request.Again || request.Only is not null;

    static void RequireSame(Request request, RunEntry begun)
    {
        if (request.Filter.IsEmpty || request.Filter == begun.Plan!.Filter)
            return;

        throw VerbException.Usage(
            "run-has-other-filter",
            $"运行 {begun.Run} 的范围是 {begun.Plan.Filter}。继续时不必写范围；其他范围请用新名称。Run {begun.Run} means {begun.Plan.Filter}. To go on with it leave the filter away; for others choose a new name."
        );
    }

    /// <summary>A reason that is mistyped would put nothing back and look like success. What newer engines park is known by its letters.</summary>
    static void RequireReason(VerbCall call, DeadLetterReader reader, DeadLetterFilter filter)
    {
        if (filter.Reason is not { } reason || DeadLetterAdvice.Reasons.Contains(reason))
            return;
        var parked = reader
            .Read(reader.Spans(), call.Token)
            .Select(r => r.About.Reason)
            .ToHashSet(StringComparer.Ordinal);
        if (parked.Contains(reason))
            return;

        string[] known = [.. DeadLetterAdvice.Reasons.Union(parked).Order(StringComparer.Ordinal)];
        var meant = Nearest.Of(reason, known) is { } near ? $" 是否指 did you mean {near}?" : "";
        throw VerbException.Usage(
            "unknown-reason",
            $"没有原因为 {Clip.Quote(reason)} 的死信。No dead letter has the reason {Clip.Quote(reason)}.{meant} 可用 known: {string.Join(", ", known)}."
        );
    }

    static Request Read(VerbCall call, Options options)
    {
        var name = call.Value(options.Run);
        if (name is not null && !RunName().IsMatch(name))
            throw VerbException.Usage(
                "bad-run-name",
                $"--run {name}: 只能用 a-z、0-9 和 -，最长 60。A run's name has a-z, 0-9 and -, at most 60."
            );

        var limit = call.Value(options.Limit) ?? long.MaxValue;
        if (limit < 1)
            throw VerbException.Usage("bad-limit", "--limit 至少为 1。--limit must be at least 1.");

        return new Request(
            name ?? NewName(call.Time),
            options.Filter.Read(call),
            call.Value(options.At) is { } at ? Position(at) : null,
            call.Value(options.All),
            call.Value(options.Again),
            limit
        );
    }

    static string NewName(TimeProvider time) =>
        $"{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..4]}";

    static LetterPosition Position(string text) =>
        LetterPosition.Parse(text)
        ?? throw VerbException.Usage(
            "bad-position",
            $"--at {text} 应为分区号、冒号与编号，如 0:1500。--at {text} is no position; write partition:offset, such as 0:1500."
        );

    /// <summary>Says what a run would put back; writes nothing anywhere.</summary>
    static int Count(VerbCall call, KafkaClients kafka, RetryTopics topics, Request request)
    {
        var reader = new DeadLetterReader(kafka, topics.Letters, DeadLetterReader.LookingGroup);
        RequireReason(call, reader, request.Filter);
        var counted = new Dictionary<(string Reason, string Topic), long>();
        var earlier = Again(request)
            ? EarlierRuns.None
            : EarlierRuns.Of(new RunJournal(kafka, topics.Runs), call.Token);
        long passed = 0;
        foreach (var letter in reader.Read(RetryRun.Meant(reader.Spans(), request.Only), call.Token))
        {
            var group = (letter.About.Reason, letter.About.Topic);
            if (request.Filter.Takes(letter.About) && earlier.RunOf(letter.About) is null)
                counted[group] = counted.GetValueOrDefault(group) + 1;
            else
                passed++;
        }

        var groups = counted.Select(c => new GroupCount(c.Key.Reason, c.Key.Topic, c.Value));
        var counts = RunCounts.None with { Passed = passed };
        return Tell(
            call,
            new Report(request.Run, true, false, counts, [.. groups.OrderByDescending(g => g.Letters)])
        );
    }

    static void Progress(VerbCall call, RunCounts counts)
    {
        const int Every = 20;
        if (counts.Batches % Every == 0)
            call.Say($"[grey]放回 put back {counts.Retried}, 未放回 left {counts.Left}[/]");
    }

    static int Tell(VerbCall call, Report report)
    {
        if (call.AsJson)
            call.Print(report);
        else if (report.Groups is { } groups)
            DrawGroups(call, groups, report.Counts.Passed);
        else
            Draw(call, report);
        return report.Counts.Left == 0 ? CommandLine.Done : CommandLine.Refused;
    }

    static void DrawGroups(VerbCall call, IReadOnlyList<GroupCount> groups, long passed)
    {
        var table = new Listing("原因 reason", "来源主题 topic", "封数 letters");
        foreach (var group in groups)
            table.Add(group.Reason, group.Topic, $"{group.Letters}");
        call.Console.Write(table);
        call.Say(
            $"将放回 would put back {groups.Sum(g => g.Letters)}, 范围外或已放回过 outside the filter or put back before {passed}; 未作任何改动 nothing was changed"
        );
    }

    static void Draw(VerbCall call, Report report)
    {
        foreach (var left in report.Counts.Named)
            call.Say($"[red]{left.Problem}[/] {left.Position} {left.Text}");
        call.Say(
            $"放回 put back [bold]{report.Counts.Retried}[/], 未放回 left {report.Counts.Left}, 范围外或已放回过 outside the filter or put back before {report.Counts.Passed}, 已被 Kafka 清除 expired {report.Counts.Expired}"
        );
        if (report.Done)
            call.Say($"运行 run {report.Run} 已结束 is over");
        else
            call.Say($"已到 --limit stopped at --limit; 继续 to go on: {GoOn(call, report.Run)}");
    }

    static string GoOn(VerbCall call, string run) => call.Words(DeadLettersVerb.Name, "retry", "--run", run);

    [GeneratedRegex("^[a-z0-9-]{1,60}$")]
    private static partial Regex RunName();
}
