using System.CommandLine;
using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.Terminal;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance dead-letters list</c>: a page of the letters; it always says whether there are more, and where the next page begins.</summary>
static class DeadLetterListVerb
{
    const int DefaultLimit = 100,
        MostLimit = 100_000;

    /// <summary>How long the letters after the page are counted.</summary>
    static readonly TimeSpan CountFor = TimeSpan.FromSeconds(10);

    public static Command Command(VerbHost host, DeadLetterTopicOption topics)
    {
        var filter = new DeadLetterFilterOptions();
        var from = new Option<string>("--from")
        {
            Description = "起始位置 partition:offset to begin at; what --json and the last line call next",
            DefaultValueFactory = _ => "0:0",
        };
        var limit = new Option<int>("--limit")
        {
            Description = "最多列出 most letters of a page",
            DefaultValueFactory = _ => DefaultLimit,
        };
        var open = new Option<bool>("--open")
        {
            Description = "只列未放回的 only letters that no run has put back",
        };
        var command = new Command("list", "列出 list") { from, limit, open };
        filter.AddTo(command);
        host.SetAction(command, call =>
            Task.FromResult(
                List(
                    call,
                    topics.Of(call),
                    filter.Read(call),
                    From(call.Value(from)!),
                    Limit(call.Value(limit)),
                    call.Value(open)
                )
            )
        );
        return command;
    }

    static int List(
        VerbCall call,
        RetryTopics topics,
        DeadLetterFilter filter,
        LetterPosition from,
        int limit,
        bool open
    )
    {
        using var kafka = call.Kafka();
        var reader = new DeadLetterReader(kafka, topics.Letters, DeadLetterReader.LookingGroup);
        var spans = reader.Spans().Select(s => Beyond(s, from)).Where(s => s.From < s.End);
        var earlier = EarlierRuns.Of(new RunJournal(kafka, topics.Runs), call.Token);
        var letters = reader
            .Read(spans, call.Token)
            .Select(r => r.About with { PutBackBy = earlier.RunOf(r.About) });

        bool IsMeant(DeadLetterEntry letter) => filter.Takes(letter) && (letter.PutBackBy is null || !open);
        var page = DeadLetterPage.Of(letters, IsMeant, limit, Deadline(call.Time));

        if (call.AsJson)
            call.Print(page);
        else
            Draw(call, page);
        return CommandLine.Done;
    }

    static Func<bool> Deadline(TimeProvider time)
    {
        long? began = null;
        return () =>
        {
            began ??= time.GetTimestamp();
            return time.GetElapsedTime(began.Value) > CountFor;
        };
    }

    static void Draw(VerbCall call, DeadLetterPage page)
    {
        var table = new Listing(
            "编号 #",
            "时间 parked, UTC+8",
            "原因 reason",
            "来源 origin",
            "已放回 put back by",
            "说明 detail"
        );
        foreach (var letter in page.Letters)
            table.Add(
                letter.Position,
                Words.Time(letter.Parked),
                letter.Reason,
                letter.Origin,
                letter.PutBackBy,
                letter.Detail
            );
        call.Console.Write(table);

        if (page.Next is null)
            call.Say($"{page.Letters.Count} 封，已全部列出 letters, and no more");
        else if (page.MoreIsAtLeast)
            call.Say(
                $"[yellow]未列完 cut[/]: {page.Letters.Count} 封，其后至少还有 letters, and at least {page.More} more; 下一页 next page: --from {page.Next}"
            );
        else
            call.Say(
                $"[yellow]未列完 cut[/]: {page.Letters.Count} 封，其后还有 letters, and {page.More} more; 下一页 next page: --from {page.Next}"
            );

        if (page.Letters.Count == 0)
            return;
        var first = page.Letters[0].At;
        call.Next(
            "原因与处理 cause and remedy",
            call.Words(DeadLettersVerb.Name, "show", $"{first.Partition}", $"{first.Offset}")
        );
        call.Next(
            "先统计 count what would go back",
            call.Words(DeadLettersVerb.Name, "retry", "--all", "--dry-run")
        );
    }

    static LetterSpan Beyond(LetterSpan span, LetterPosition from)
    {
        if (span.Partition < from.Partition)
            return span with { From = span.End };
        return span.Partition > from.Partition ? span : span with { From = Math.Max(span.From, from.Offset) };
    }

    static LetterPosition From(string text) =>
        LetterPosition.Parse(text)
        ?? throw VerbException.Usage(
            "bad-position",
            $"--from {text} 应为分区号、冒号与编号，如 0:1500。--from {text} is no position; write partition:offset, such as 0:1500."
        );

    static int Limit(int limit) =>
        limit is >= 1 and <= MostLimit
            ? limit
            : throw VerbException.Usage(
                "bad-limit",
                $"--limit 应为 1 至 {MostLimit}。--limit must be between 1 and {MostLimit}."
            );
}
