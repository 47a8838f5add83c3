using System.CommandLine;
using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.Terminal;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance dead-letters runs</c>: who retried what, and what came of it.</summary>
static class DeadLetterRunsVerb
{
    public static Command Command(VerbHost host, DeadLetterTopicOption topics)
    {
        var command = new Command("runs", "重试记录 who retried what");
        host.SetAction(command, call => Task.FromResult(Runs(call, topics.Of(call).Runs)));
        return command;
    }

    static int Runs(VerbCall call, string topic)
    {
        using var kafka = call.Kafka();
        var entries = new RunJournal(kafka, topic).Entries(call.Token);

        if (call.AsJson)
            call.Print(entries);
        else
            Draw(call, entries);
        return CommandLine.Done;
    }

    static void Draw(VerbCall call, IReadOnlyList<RunEntry> entries)
    {
        var table = new Listing(
            "名称 run",
            "时间 at, UTC+8",
            "操作人 by",
            "事件 event",
            "放回 retried",
            "未放回 left",
            "范围 filter"
        );
        foreach (var entry in entries)
            table.Add(
                entry.Run,
                Words.Time(entry.At),
                entry.By,
                WireName.Of(entry.Event),
                $"{entry.Counts?.Retried}",
                $"{entry.Counts?.Left}",
                $"{entry.Plan?.Filter}"
            );
        call.Console.Write(table);

        var isOpen = entries.Count > 0 && entries[^1].Event == RunEvent.Paused;
        if (isOpen)
            call.Next("继续 go on", call.Words(DeadLettersVerb.Name, "retry", "--run", entries[^1].Run));
        else
            call.Next("未放回的 what was not put back", call.Words(DeadLettersVerb.Name, "list", "--open"));
    }
}
