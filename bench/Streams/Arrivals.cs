using System.Buffers.Binary;
using System.Diagnostics;

namespace ClearanceEngine.Bench.Streams;

/// <summary>What grains were given: counted always, and timed while a latency is taken. A message begins with the time at which it was made.</summary>
static class Arrivals
{
    static readonly double[] Times = new double[2_000_000];
    static long _count;
    static int _timed;
    static volatile bool _timing;

    public static long Count => Interlocked.Read(ref _count);

    public static void Take(ReadOnlySpan<byte> message)
    {
        Interlocked.Increment(ref _count);
        if (!_timing)
            return;
        var at = Interlocked.Increment(ref _timed) - 1;
        if (at < Times.Length)
            Times[at] = Stopwatch
                .GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(message))
                .TotalMilliseconds;
    }

    public static void BeginTiming()
    {
        _timed = 0;
        _timing = true;
    }

    public static double[] EndTiming()
    {
        _timing = false;
        return Times[..Math.Min(_timed, Times.Length)];
    }
}
