using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Parcels;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance submit FILES</c>: sends messages over HTTP, or puts them on Kafka where its settings are given.</summary>
static class SubmitVerb
{
    public const string Name = "submit";

    /// <summary>What became of a file: a document's result, a refusal, or neither when it is durable and not decided yet.</summary>
    sealed record Line(string File, DocumentResponse? Result, string? Refusal)
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
        files.Validators.Add(RefuseOptions);
        var command = new Command(Name, "发送报文 submit messages, over HTTP or --kafka") { files };
        host.Kafka.AddTo(command);
        host.SetAction(command, call => Submit(call, call.Value(files)!));
        return command;
    }

    /// <summary>A mistyped option is no file, unless there is such a file.</summary>
    static void RefuseOptions(ArgumentResult files)
    {
        var words = files.Tokens.Select(t => t.Value).Where(w => w.StartsWith('-') && !File.Exists(w));
        foreach (var word in words)
            files.AddError($"不认识的选项 {word}。{word} is no option of submit, and no such file is there.");
    }

    static async Task<int> Submit(VerbCall call, FileInfo[] files)
    {
        using var kafka = call.Host.Kafka.AreGiven(call.Parsed) ? call.Kafka() : null;
        // Kafka may be away: then it is said here, before a file is read.
        kafka?.Topics();
        var producer = kafka?.Producer();

        var lines = new List<Line>();
        await Watching(call, files.Length, async advance =>
        {
            foreach (var file in files)
            {
                lines.AddRange(await Send(call, producer, file));
                advance();
            }
        });

        if (call.AsJson)
            call.Print(lines);
        else
            Draw(call, lines);
        return lines.Exists(l => l.IsRefused) ? CommandLine.Refused : CommandLine.Done;
    }

    /// <summary>A bar for whoever watches; nothing of it for files, pipes and scripts.</summary>
    static Task Watching(VerbCall call, int count, Func<Action, Task> work)
    {
        if (call.AsJson || !call.Console.Profile.Capabilities.Interactive)
            return work(() => { });

        Task Bar(ProgressContext progress)
        {
            var task = progress.AddTask("submit", maxValue: count);
            return work(() => task.Increment(1));
        }
        return call.Console.Progress().AutoClear(true).StartAsync(Bar);
    }

    static async Task<IReadOnlyList<Line>> Send(VerbCall call, IKafkaProducer? producer, FileInfo file)
    {
        if (Directory.Exists(file.FullName))
            throw VerbException.Usage(
                "file-unreadable",
                $"{file} 是目录，请给出其中的报文文件。{file} is a directory; name the files in it, such as {file}/*.xml."
            );
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
            ProblemCode.NotADeclaration,
            $"{file.Name} 不是申报报文。{file.Name} is no declaration."
        );

    /// <summary>Who is not signed in, or may send nothing at all, is turned away with all files, not with each of them.</summary>
    static bool IsRefusal(Exception exception) =>
        exception switch
        {
            ClearanceException { Status: HttpStatusCode.Unauthorized } => false,
            ClearanceException e when e.Code == ProblemCode.NotAllowed => false,
            ClearanceException e => e.Status < HttpStatusCode.InternalServerError,
            _ => exception is CebFormatException or KafkaRefusedException,
        };

    static void Draw(VerbCall call, List<Line> lines)
    {
        var listing = new Listing(
            "文件 file",
            "单证 document",
            "结果 outcome",
            "状态 state",
            "订单 order",
            "说明 text"
        );
        foreach (var (file, result, refusal) in lines)
            listing.Add(
                file,
                result is null ? "" : Words.Document(result.Document),
                Outcome(result, refusal),
                result?.State is { } state ? State(state) : "",
                result?.Key.GetValueOrDefault("orderNo"),
                refusal ?? Told(result)
            );
        call.Console.Write(listing);
        Next(call, lines);
    }

    static Cell Outcome(DocumentResponse? result, string? refusal)
    {
        if (refusal is not null || result?.Outcome == SubmissionOutcome.Refused)
            return Cell.Of("refused", Color.Red);
        return result is null ? "durable" : WireName.Of(result.Outcome);
    }

    static Cell State(ParcelStatus state) => Cell.Of(WireName.Of(state), StateWords.Of(state).Colour);

    static string? Told(DocumentResponse? result) =>
        result is null ? "已存入，尚未判定。Kept; it is not decided yet." : result.Receipt?.ReturnInfo;

    static void Next(VerbCall call, List<Line> lines)
    {
        call.Console.WriteLine();
        if (lines.Exists(l => l.IsRefused))
            call.Next("更正后重新发送 mend what was refused and send it again", call.Words(Name, "FILES"));
        if (lines.Select(l => l.Result?.Parcel).FirstOrDefault(p => p is not null) is { } parcel)
            call.Next("查看包裹 look at the parcel", call.Words(ParcelVerb.Name, Named(parcel)));
        else
            call.Next("查看包裹 look at the parcel", call.Words(ParcelVerb.Name, "EBP", "ORDER"));
    }

    static string[] Named(string address)
    {
        var parcel = ParcelAddress.Read(address);
        return [parcel.EbpCode, parcel.OrderNo];
    }
}
