using System.CommandLine;
using System.Net;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Streams.Kafka;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance submit FILES</c>: sends messages over HTTP, or puts them on Kafka where its settings are given.</summary>
static class SubmitVerb
{
    /// <summary>What became of a file: a document's result, a refusal, or neither when it is durable and not decided yet.</summary>
    sealed record Line(string File, DocumentResult? Result, string? Refusal)
    {
        [JsonIgnore]
        public bool IsRefused => Refusal is not null || Result?.Outcome == SubmissionOutcome.Refused;
    }

    public static Command Command(VerbHost host)
    {
        var files = new Argument<FileInfo[]>("files")
        {
            Description = "CEB 报文文件 CEB messages (XML, JSON)",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("submit", "发送报文 submit messages, over HTTP or --kafka") { files };
        host.Kafka.AddTo(command);
        host.SetAction(command, call => Submit(call, call.Value(files)!));
        return command;
    }

    static async Task<int> Submit(VerbCall call, FileInfo[] files)
    {
        using var kafka = call.Host.Kafka.AreGiven(call.Parsed) ? call.Kafka() : null;
        // Kafka may be away: then it is said here, before a file is read.
        kafka?.Topics();
        var producer = kafka?.Producer();

        var lines = new List<Line>();
        await call
            .Console.Progress()
            .AutoClear(true)
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("submit", maxValue: files.Length);
                foreach (var file in files)
                {
                    lines.AddRange(await Send(call, producer, file));
                    task.Increment(1);
                }
            });

        if (call.AsJson)
            call.Print(lines);
        else
            Draw(call.Console, lines);
        return lines.Exists(l => l.IsRefused) ? CommandLine.Refused : CommandLine.Done;
    }

    static async Task<IReadOnlyList<Line>> Send(VerbCall call, IKafkaProducer? producer, FileInfo file)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, call.Token);
        try
        {
            if (producer is not null)
            {
                await producer.Produce(TopicOf(file, bytes), null, bytes, null, call.Token);
                return [new Line(file.Name, null, null)];
            }

            var answers = await call.Client.Submit(bytes, call.Token);
            return answers.Count == 0
                ? [new Line(file.Name, null, null)]
                : [.. answers.Select(a => new Line(file.Name, a, null))];
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return [new Line(file.Name, null, e.Message)];
        }
    }

    static string TopicOf(FileInfo file, byte[] message) =>
        TopicNames.Of(CebParser.Read(message).Type)
        ?? throw new CebFormatException(
            "not-a-declaration",
            $"{file.Name} 不是申报报文。{file.Name} is no declaration."
        );

    static bool IsRefusal(Exception exception) =>
        exception
            is ClearanceException { Status: < HttpStatusCode.InternalServerError }
                or CebFormatException
                or KafkaRefusedException;

    static void Draw(IAnsiConsole console, List<Line> lines)
    {
        var table = new Table().AddColumns(
            "文件 file",
            "单证 document",
            "结果 outcome",
            "状态 state",
            "说明 text"
        );
        foreach (var (file, result, refusal) in lines)
        {
            var outcome = result?.Outcome.ToString().ToLowerInvariant() ?? "durable";
            table.AddRow(
                Markup.Escape(file),
                Markup.Escape(result?.Type ?? ""),
                refusal is null ? outcome : "[red]refused[/]",
                $"{result?.State}",
                Markup.Escape(refusal ?? result?.Receipt?.ReturnInfo ?? "")
            );
        }
        console.Write(table);
    }
}
