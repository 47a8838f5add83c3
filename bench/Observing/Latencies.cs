namespace ClearanceEngine.Bench.Observing;

/// <summary>Of many times, the middle and the slow end, in milliseconds.</summary>
readonly record struct Latencies(double P50, double P99, int Count)
{
    public static Latencies Of(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        return sorted.Length == 0
            ? default
            : new(
                sorted[sorted.Length / 2],
                sorted[Math.Min(sorted.Length - 1, sorted.Length * 99 / 100)],
                sorted.Length
            );
    }
}
