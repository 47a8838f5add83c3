using System.CommandLine;
using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.Terminal;
using Confluent.Kafka;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance dead-letters show PARTITION OFFSET</c>: why it is there, what to do, its headers, and the beginning of its value with id numbers masked.</summary>
static class DeadLetterShowVerb
{
    /// <summary>What <c>show</c> tells.</summary>
    sealed record Report(
        DeadLetterEntry Letter,
        string Cause,
        string Remedy,
        bool RetryHelps,
        IReadOnlyList<HeaderLine> Headers,
        string? Key,
        int? ValueBytes,
        string? Preview
    );

    sealed record HeaderLine(string Name, string Text);

    public static Command Command(VerbHost host, DeadLetterTopicOption topics)
    {
        var partition = new Argument<int>("partition") { Description = "分区 partition" };
        var offset = new Argument<long>("offset") { Description = "编号 number of the letter there" };
        var command = new Command("show", "显示一封 show one, with cause and remedy") { partition, offset };
        host.SetAction(command, call =>
            Task.FromResult(
                Show(
                    call,
                    topics.Of(call).Letters,
                    new LetterPosition(call.Value(partition), call.Value(offset))
                )
            )
        );
        return command;
    }

    static int Show(VerbCall call, string topic, LetterPosition position)
    {
        using var kafka = call.Kafka();
        var report = ReportOf(
            Find(call, new DeadLetterReader(kafka, topic, DeadLetterReader.LookingGroup), position)
        );

        if (call.AsJson)
            call.Print(report);
        else
            Draw(call, report);
        return CommandLine.Done;
    }

    static DeadLetterRecord Find(VerbCall call, DeadLetterReader reader, LetterPosition position)
    {
        var span = reader.Spans().FirstOrDefault(s => s.Partition == position.Partition);
        if (span is null || position.Offset < span.From || position.Offset >= span.End)
            throw RetryRun.NoLetter(position);

        var there = new LetterSpan(position.Partition, position.Offset, position.Offset + 1);
        return reader.Read(there, call.Token).FirstOrDefault() ?? throw RetryRun.NoLetter(position);
    }

    static Report ReportOf(DeadLetterRecord letter)
    {
        var advice = DeadLetterAdvice.Of(letter.About.Reason);
        return new Report(
            letter.About,
            advice.Cause,
            advice.Remedy,
            advice.RetryHelps,
            [.. letter.Headers.Select(Line)],
            letter.Key is null ? null : MessagePreview.Of(letter.Key),
            letter.About.Omitted ? null : letter.Value?.Length,
            letter.Value is null || letter.About.Omitted ? null : MessagePreview.Of(letter.Value)
        );
    }

    static HeaderLine Line(IHeader header) =>
        new(header.Key, MessagePreview.Of(header.GetValueBytes() ?? []));

    static void Draw(VerbCall call, Report report)
    {
        var letter = report.Letter;
        call.Say($"[bold]{letter.Reason}[/] {letter.Position} 来自 from {letter.Origin}");
        call.Say($"说明 detail: {letter.Detail}");
        call.Say($"原因 cause: {report.Cause}");
        call.Say($"处理 to do: [green]{report.Remedy}[/]");
        if (report.RetryHelps)
            call.Say(
                $"重试 retry: {call.Words(DeadLettersVerb.Name, "retry", "--at", $"{letter.Position}")}"
            );

        var table = new Listing("标头 header", "值 value");
        foreach (var header in report.Headers)
            table.Add(header.Name, header.Text);
        call.Console.Write(table);

        if (letter.OmittedHeaders)
            call.Say(
                $"发送方的标头过大，仍在 its sender's headers were too large and lie at {letter.Origin}"
            );
        if (letter.Omitted)
            call.Say($"原文过大，仍在 its value was too large and lies at {letter.Origin}");
        else
            call.Raw(report.Preview ?? "（无值 no value）");
    }
}
