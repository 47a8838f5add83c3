using System.CommandLine;
using ClearanceEngine.Client.DeadLetters;
using Spectre.Console;

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
        var table = new Table().AddColumns(
            "名称 run",
            "时间 at",
            "操作人 by",
            "事件 event",
            "范围 filter",
            "放回 retried",
            "未放回 left"
        );
        foreach (var entry in entries)
            table.AddRow(
                Markup.Escape(entry.Run),
                Markup.Escape($"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ssZ}"),
                Markup.Escape(entry.By),
                Markup.Escape(entry.Event.ToString().ToLowerInvariant()),
                Markup.Escape($"{entry.Plan?.Filter}"),
                Markup.Escape($"{entry.Counts?.Retried}"),
                Markup.Escape($"{entry.Counts?.Left}")
            );
        call.Console.Write(table);
    }
}
