using ClearanceEngine.Bench.Observing;

namespace ClearanceEngine.Bench.Pipeline;

/// <summary>Processor time a parcel, in milliseconds of one core.</summary>
sealed record CpuFigures(double App, double Postgres, double Broker, double Customs, double Harness);

/// <summary>A member's line in the table and in the JSON.</summary>
sealed record Figures(
    double ParcelsPerSecond,
    double MessagesPerSecond,
    double OutboundPerSecond,
    double P50Ms,
    double P99Ms,
    double ReleaseP50Ms,
    double ReleaseP99Ms,
    double LoadParcelsPerSecond,
    double RowsPerParcel,
    double TransactionsPerParcel,
    double WalBytesPerParcel,
    double SyncsPerSecond,
    CpuFigures CpuMsPerParcel,
    double ResidentMb,
    double AllocatedBytesPerParcel,
    double StalledShare,
    double? BackToBackPerSecond,
    double[] Rounds
)
{
    public static Figures Of(
        IReadOnlyList<Throughput> throughput,
        Delays delays,
        double load,
        Throughput? backToBack
    )
    {
        var all = Throughput.Sum(throughput);
        var (outbound, release, used, parcels) = (
            Latencies.Of(delays.ToOutbound),
            Latencies.Of(delays.ToRelease),
            all.Used,
            Math.Max(1d, all.Parcels)
        );
        double Milliseconds(double seconds) => seconds * 1000 / parcels;
        return new(
            all.Rate,
            all.RecordsIn / all.Seconds,
            all.RecordsOut / all.Seconds,
            outbound.P50,
            outbound.P99,
            release.P50,
            release.P99,
            load,
            used.Database.Rows / parcels,
            used.Database.Transactions / parcels,
            used.Database.WalBytes / parcels,
            used.Database.Syncs / all.Seconds,
            new(
                Milliseconds(used.App),
                Milliseconds(used.Postgres),
                Milliseconds(used.Broker),
                Milliseconds(used.Customs),
                Milliseconds(used.Harness)
            ),
            throughput.Max(t => t.Used.Resident) / 1048576d,
            used.Allocated / parcels,
            all.Stalled / all.Seconds,
            backToBack?.Rate,
            [.. throughput.Select(t => t.Rate)]
        );
    }
}
