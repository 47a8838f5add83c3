using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ClearanceEngine.Streams.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What a feed does when more comes than it may handle. Observed by its metric of pauses, each of which throws read-ahead away.</summary>
public abstract partial class FeedConformanceTests
{
    [Fact]
    public async Task A_partition_whose_places_are_taken_is_not_paused_and_no_more_than_them_are()
    {
        var running = new int[4];
        var most = new ConcurrentBag<int>();
        var handled = new ConcurrentDictionary<string, int>();
        var feed = $"places-{_run}";
        using var pauses = new Pauses(feed);
        await Produce(400, i => i % 2 == 0 ? null : $"k{i}");
        await Start(
            async (r, token) =>
            {
                most.Add(Interlocked.Increment(ref running[r.Partition]));
                await Task.Delay(2, token);
                Interlocked.Decrement(ref running[r.Partition]);
                handled.AddOrUpdate(Text(r), 1, (_, n) => n + 1);
            },
            o => (o.InFlight, o.PartitionInFlight) = (8, 3),
            name: "places"
        );
        await Until(() => handled.Count == 400);
        await Until(() => Committed().Values.Sum() == 400);
        Assert.All(handled, h => Assert.Equal(1, h.Value));
        Assert.InRange(most.Max(), 1, 3);
        Assert.Equal(0, pauses.Count);
    }

    [Fact]
    public async Task A_partition_that_has_run_ahead_as_far_as_it_may_is_paused_and_goes_on_later()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = new ConcurrentDictionary<string, int>();
        var feed = $"span-{_run}";
        using var pauses = new Pauses(feed);
        await Produce(400, i => $"k{i}");
        await Start(
            async (r, token) =>
            {
                if (r.Offset == 0)
                    await open.Task.WaitAsync(token);
                handled.AddOrUpdate(Text(r), 1, (_, n) => n + 1);
            },
            o => o.PartitionSpan = 20,
            name: "span"
        );
        await Until(() => pauses.Count >= 4);
        Assert.True(handled.Count < 4 * 20, $"{handled.Count} were handled.");
        open.SetResult();
        await Until(() => handled.Count == 400);
        Assert.All(handled, h => Assert.Equal(1, h.Value));
    }

    /// <summary>Counts the pauses of one feed from outside.</summary>
    sealed class Pauses : IDisposable
    {
        readonly MeterListener _listener = new();
        long _count;

        public Pauses(string feed)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == KafkaMetrics.Name && instrument.Name == "feed.pauses")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, n, tags, _) =>
                {
                    foreach (var tag in tags)
                    {
                        if (tag.Key == "feed" && (string?)tag.Value == feed)
                            Interlocked.Add(ref _count, n);
                    }
                }
            );
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
