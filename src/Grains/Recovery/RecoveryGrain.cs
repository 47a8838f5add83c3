namespace ClearanceEngine.Recovery;

/// <summary>Lets one silo at a time scan for who owes; key <c>recovery</c>.</summary>
[Alias("clearance.recovery")]
public interface IRecoveryGrain : IGrainWithStringKey
{
    /// <summary>True for the first to ask in each period: it scans, the others rest.</summary>
    [Alias("take-turn")]
    Task<bool> TakeTurn(TimeSpan period);
}

/// <summary>The turn lives in memory only: after a crash a scan too many does no harm.</summary>
public sealed class RecoveryGrain(TimeProvider time) : Grain, IRecoveryGrain
{
    DateTimeOffset _next;

    public Task<bool> TakeTurn(TimeSpan period)
    {
        var now = time.GetUtcNow();
        if (now < _next)
            return Task.FromResult(false);
        // A little less than the period, so that the same silo's next tick is not refused for being early.
        _next = now + (period * 0.8);
        return Task.FromResult(true);
    }
}
