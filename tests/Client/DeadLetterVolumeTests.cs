using System.Globalization;
using ClearanceEngine.Client.DeadLetters;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>
/// More dead letters than anyone counts by hand, on a real Kafka, worked off by the command as a process of its own that is
/// killed in the middle. <c>CLEARANCE_DEAD_LETTERS</c> says how many.
/// </summary>
public sealed class DeadLetterVolumeTests : IAsyncLifetime
{
    const string Run = "volume";

    /// <summary>What a run of any length may take: the runtime, two consumers' read-ahead, a batch.</summary>
    const long MostBytes = 300L * 1024 * 1024;

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    LetterBox _box = null!;
    long _most;

    static int Letters =>
        int.Parse(
            Environment.GetEnvironmentVariable("CLEARANCE_DEAD_LETTERS") ?? "20000",
            CultureInfo.InvariantCulture
        );

    public async ValueTask InitializeAsync()
    {
        Parts.Require(Parts.Kafka is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
        _box = await LetterBox.On(Parts.Kafka!);
        _box.PutMany(Letters);
    }

    public ValueTask DisposeAsync()
    {
        _box?.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_run_that_is_killed_goes_on_without_loss_and_repeats_one_batch_at_most()
    {
        using (var killed = Start("killed"))
        {
            await Reached(killed, Letters / 4);
            killed.Kill();
        }
        Assert.InRange(_box.End(_box.Orders), Letters / 4, Letters - 1);

        using (var resumed = Start("resumed"))
        {
            await Reached(resumed, long.MaxValue);
            Assert.True(await resumed.Ended(TimeSpan.FromMinutes(1)) == 0, resumed.Tail());
        }

        var put = _box.Values(_box.Orders).Select(NumberOf).ToList();
        Assert.Equal(Letters, put.Distinct().Count());
        Assert.InRange(put.Count - Letters, 0, LetterBatch.MostLetters);
        Assert.InRange(_most, 1, MostBytes);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Letters} letters, {put.Count - Letters} twice, at most {_most / (1024 * 1024)} MiB resident"
        );
    }

    [Fact]
    public async Task A_list_of_them_tells_how_many_it_does_not_show()
    {
        var page = await CommandRun.On(_box, "list", "--limit", "1000", "--json");
        Assert.Equal(1000, page.Json.GetProperty("letters").GetArrayLength());
        Assert.Equal(Letters - 1000, page.Json.GetProperty("more").GetInt32());
        Assert.Equal("0:1000", page.Json.GetProperty("next").GetString());
    }

    EngineProcess Start(string name)
    {
        string[] arguments =
        [
            "dead-letters",
            "retry",
            "--reason",
            "retries-exhausted",
            "--run",
            Run,
            "--kafka",
            _box.Servers,
            "--dead-letter-topic",
            _box.Letters,
        ];
        var log = Path.Combine(_directory, name);
        var process = new EngineProcess(name, log, arguments, null, null, "clearance.dll");
        process.Start();
        return process;
    }

    /// <summary>Returns when so many were put back, or when the process ended; takes the measure of its memory meanwhile.</summary>
    async Task Reached(EngineProcess process, long count)
    {
        while (process.IsRunning && _box.End(_box.Orders) < count)
        {
            _most = Math.Max(_most, process.ResidentBytes);
            await Task.Delay(5);
        }
    }

    static int NumberOf(string value) =>
        int.Parse(
            value.AsSpan(0, value.IndexOf(' ', StringComparison.Ordinal)),
            CultureInfo.InvariantCulture
        );
}
