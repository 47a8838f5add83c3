using System.Net;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Tests.Terminal;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Commands that are printed to go on with work when they are pasted: they have the options that this one was given.</summary>
public sealed class HintTests : IDisposable
{
    const string Parcel =
        """{"ebpCode":"1","orderNo":"A B","state":"held","missing":["payment"],"awaited":[{"reason":"answer-of-customs","since":"2026-11-24T00:00:00Z","text":"t"}]}""";

    readonly string _file = Path.GetTempFileName();

    public HintTests() => File.WriteAllText(_file, "{}");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Of_a_parcel_they_lead_to_the_same_engine()
    {
        string[] given = ["--url", "http://engine:1", "--config", _file];
        var (code, output) = await PipedRun.Of(Parcel, ["parcel", "1", "A B", .. given]);

        Assert.Equal(0, code);
        var options = string.Join(' ', given);
        Assert.Equal(
            [
                $"clearance submit FILES {options}",
                $"clearance parcel 1 'A B' --ask {options}",
                $"clearance parcel 1 'A B' --json {options}",
            ],
            Commands(output)
        );
    }

    [Fact]
    public async Task Of_a_parcel_that_is_not_there_the_dead_letters_are_those_of_the_same_file()
    {
        var (code, output) = await PipedRun.Of(
            _ => (HttpStatusCode.NotFound, "{}"),
            ["parcel", "1", "2", "--url", "http://engine:1", "--config", _file]
        );
        Assert.Equal(1, code);
        Assert.Contains(
            $"clearance dead-letters list --config {_file}",
            OneLine(output),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Of_what_was_given_by_nobody_they_say_nothing()
    {
        var (_, output) = await PipedRun.Of(Parcel, "parcel", "1", "A");
        Assert.Equal("clearance parcel 1 'A B' --json", Commands(output)[^1]);
    }

    [Fact]
    public async Task Of_dead_letters_they_lead_to_the_same_Kafka_and_tell_no_password()
    {
        await using var broker = KafkaDevelopmentBroker.Start();
        using var box = await LetterBox.On(broker);
        await box.Put("a");
        string[] given =
        [
            "--kafka-timeout",
            "9",
            "--kafka-setting",
            "client.id=me and you",
            "--kafka-setting",
            "ssl.key.password=s3cret",
        ];

        var options =
            $"--kafka {box.Servers} --kafka-setting 'client.id=me and you' --kafka-setting 'ssl.key.password=***' --kafka-timeout 9";
        var list = await CommandRun.On(box, ["list", .. given]);
        Assert.Equal(
            [
                $"clearance dead-letters show 0 0 {options}",
                $"clearance dead-letters retry --all --dry-run {options}",
            ],
            Commands(list.Output)
        );
        Assert.DoesNotContain("s3cret", list.Output, StringComparison.Ordinal);

        var show = await CommandRun.On(box, ["show", "0", "0", .. given]);
        Assert.Contains(
            $"clearance dead-letters retry --at 0:0 {options}",
            show.Output,
            StringComparison.Ordinal
        );
        var runs = await CommandRun.On(box, ["runs", .. given]);
        Assert.Equal([$"clearance dead-letters list --open {options}"], Commands(runs.Output));
    }

    /// <summary>Commands may be broken over lines; each begins with the client's name, and its other lines are indented further.</summary>
    static string[] Commands(string output) =>
        [
            .. Joined(output)
                .Split('\n')
                .Select(l => l.Trim())
                .Where(l => l.StartsWith("clearance ", StringComparison.Ordinal)),
        ];

    /// <summary>A paragraph is broken where the pipe's width ends.</summary>
    static string OneLine(string output) =>
        string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    static string Joined(string output) =>
        output.ReplaceLineEndings("\n").Replace("\n    ", " ", StringComparison.Ordinal);
}
