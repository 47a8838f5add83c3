using System.Text.RegularExpressions;
using Xunit;

namespace ClearanceEngine.Tests.Transcripts;

/// <summary>
/// The main flows as text that customs people can read, beside this file. <c>CLEARANCE_WRITE_TRANSCRIPTS=dir</c> writes them
/// anew instead; see README.md.
/// </summary>
public sealed partial class TranscriptTests
{
    static readonly string Directory = Path.Combine(AppContext.BaseDirectory, "Transcripts");

    public static TheoryData<string> Names => [.. Flows.All.Select(flow => flow.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_flow_goes_as_its_transcript_says(string name)
    {
        var text = Player.Play(Flows.All.Single(flow => flow.Name == name));
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_TRANSCRIPTS") is { Length: > 0 } directory)
            File.WriteAllText(Path.Combine(directory, $"{name}.txt"), text);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(Directory, $"{name}.txt")), text);
    }

    [Fact]
    public void Every_transcript_has_its_flow() =>
        Assert.Equal(
            Flows.All.Select(flow => $"{flow.Name}.txt").Order(StringComparer.Ordinal),
            System
                .IO.Directory.EnumerateFiles(Directory, "*.txt")
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void A_transcript_says_the_same_in_every_run_and_nothing_of_a_person(string name)
    {
        var flow = Flows.All.Single(known => known.Name == name);
        var text = Player.Play(flow);

        Assert.Equal(text, Player.Play(flow));
        Assert.DoesNotMatch(IdNumber(), text);
        Assert.DoesNotMatch(Guid(), text);
        Assert.DoesNotContain("测试订购人", text, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")]
    private static partial Regex IdNumber();

    [GeneratedRegex("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-")]
    private static partial Regex Guid();
}
