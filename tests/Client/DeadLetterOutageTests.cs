using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.DevelopmentBroker;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A run of retries that its user stops, or whose Kafka goes away, ends before long and goes on later.</summary>
public sealed class DeadLetterOutageTests : IAsyncLifetime
{
    const int Letters = 20_000;

    /// <summary>What a run says after half of them.</summary>
    const string InTheMiddle = "put back";

    readonly KafkaDevelopmentBroker _broker = KafkaDevelopmentBroker.Start();
    LetterBox _box = null!;

    public async ValueTask InitializeAsync()
    {
        _box = await LetterBox.On(_broker);
        _box.PutMany(Letters, bytes: 20);
    }

    public async ValueTask DisposeAsync()
    {
        _box.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_broker_that_goes_away_in_the_middle_is_exit_code_3_and_the_run_goes_on_when_it_is_back()
    {
        var running = CommandRun.When(InTheMiddle, _broker.GoDown, Retry);
        var away = await running.WaitAsync(TimeSpan.FromSeconds(60));
        _broker.ComeUp();

        Assert.Equal(3, away.Code);
        Assert.Contains("out-of-reach", away.Output, StringComparison.Ordinal);
        Assert.Contains("retry --run night", away.Output, StringComparison.Ordinal);
        await GoOn();
    }

    [Fact]
    public async Task A_run_that_its_user_stops_says_how_to_go_on_and_the_journal_says_that_it_paused()
    {
        using var stop = new CancellationTokenSource();
        var running = CommandRun.When(InTheMiddle, stop.Cancel, Retry, stop.Token);
        var stopped = await running.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(130, stopped.Code);
        Assert.Contains("retry --run night", stopped.Output, StringComparison.Ordinal);
        var journal = (await CommandRun.On(_box, "runs", "--json")).Json.EnumerateArray();
        Assert.Equal(["begun", "paused"], journal.Select(e => e.GetProperty("event").GetString()));
        await GoOn();
    }

    [Fact]
    public void A_run_of_which_a_start_was_killed_hides_no_letters()
    {
        var now = new DateTimeOffset(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);
        var plan = new RunPlan("letters", new DeadLetterFilter(), [new LetterSpan(0, 0, 10)]);
        RunEntry Entry(RunEvent what, RunPlan? means = null, RunCounts? did = null) =>
            new("night", what, now, "me@here", Guid.NewGuid(), means, did);
        var letter = new DeadLetterEntry(0, 3, now, "r", "d", "t", 0, 1, "", "1", 0, false);
        RunEntry[] whole = [Entry(RunEvent.Begun, plan), Entry(RunEvent.Ended, did: RunCounts.None)];
        RunEntry[] killed = [whole[0], Entry(RunEvent.Resumed), whole[1]];

        Assert.Equal("night", EarlierRuns.Of(whole).RunOf(letter));
        Assert.Null(EarlierRuns.Of(whole).RunOf(letter with { Offset = 10 }));
        Assert.Null(EarlierRuns.Of(whole).RunOf(letter with { Parked = now.AddSeconds(1) }));
        Assert.Null(EarlierRuns.Of(killed).RunOf(letter));
        Assert.Null(EarlierRuns.Of(whole[..1]).RunOf(letter));
    }

    string[] Retry =>
        [
            "dead-letters",
            "retry",
            "--all",
            "--run",
            "night",
            "--kafka",
            _box.Servers,
            "--kafka-timeout",
            "1",
            "--dead-letter-topic",
            _box.Letters,
        ];

    async Task GoOn()
    {
        var resumed = await CommandRun.On(_box, "retry", "--run", "night", "--json");
        Assert.True(resumed.Code == 0, resumed.Output);
        var put = _box.Values(_box.Orders);
        Assert.Equal(Letters, put.Distinct().Count());
        Assert.InRange(put.Count - Letters, 0, LetterBatch.MostLetters);
    }
}
