using ClearanceEngine.Recovery;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// The slices of a list that are this silo's to work on (ADR 026). A lease that is not renewed ends here before it ends for the
/// others, who count from when they were asked.
/// </summary>
sealed partial class SliceLease(
    string list,
    RecoveryOptions options,
    IDispatchGrains grains,
    TimeProvider time,
    ILogger logger
)
{
    volatile Held _held = new(SliceSet.None, null);

    /// <summary>Whether this silo has a share now.</summary>
    public bool IsHeld => IsValid(_held);

    /// <summary>Whether something of a slice may be begun now.</summary>
    public bool Contains(int slice)
    {
        var held = _held;
        return held.Slices.Contains(slice) && IsValid(held);
    }

    bool IsValid(Held held) => held.Asked is { } asked && time.GetElapsedTime(asked) < options.LeaseTime;

    /// <summary>Renews it until the end, often enough to miss once.</summary>
    /// <param name="busy">Slices of which something is being worked on.</param>
    /// <param name="stopping">The end.</param>
    public async Task KeepRenewing(Func<SliceSet> busy, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3, time);
        while (await timer.WaitForNextTickAsync(stopping))
            await Renew(busy(), stopping);
    }

    public async Task Renew(SliceSet busy, CancellationToken stopping)
    {
        var asked = time.GetTimestamp();
        try
        {
            var slices = await grains
                .RenewLease(list, busy, options.LeaseTime)
                .WaitAsync(options.LeaseTime, time, stopping);
            _held = new Held(slices, asked);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogNotRenewed(e, list);
        }
    }

    /// <param name="Slices">The share.</param>
    /// <param name="Asked">When it was asked for, as a timestamp; null before the first answer.</param>
    sealed record Held(SliceSet Slices, long? Asked);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "This silo's share of the list {List} could not be renewed; it begins nothing of it once its lease is over, and asks again."
    )]
    partial void LogNotRenewed(Exception e, string list);
}
