using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Storage;

public sealed class StorageMetricsTests : StorageTest
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();

    [Fact]
    public async Task Batches_conflicts_retries_and_the_queue_are_measured()
    {
        // Other tests of this process measure too, so each value is a lower bound.
        var seen = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (i, l) =>
            {
                if (i.Meter.Name == "ClearanceEngine.Storage")
                    l.EnableMeasurementEvents(i);
            },
        };
        listener.SetMeasurementEventCallback<int>(
            (i, value, _, _) => seen.AddOrUpdate(i.Name, value, (_, sum) => sum + value)
        );
        listener.SetMeasurementEventCallback<long>(
            (i, value, _, _) => seen.AddOrUpdate(i.Name, value, (_, sum) => sum + value)
        );
        listener.SetMeasurementEventCallback<double>(
            (i, value, _, _) => seen.AddOrUpdate(i.Name, value, (_, sum) => sum + value)
        );
        listener.Start();

        var grain = await Silo.Activate("p/a/1");
        var stale = await Silo.Activate("p/a/1");
        Silo.Database.LoseBefore(1);
        await grain.Write();
        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.Write());
        listener.RecordObservableInstruments();

        Assert.True(seen["storage.batch"] >= 2);
        Assert.True(seen["storage.commit.duration"] > 0);
        Assert.True(seen["storage.retries"] >= 1);
        Assert.True(seen["storage.conflicts"] >= 1);
        Assert.True(seen.ContainsKey("storage.queue"));
    }
}
