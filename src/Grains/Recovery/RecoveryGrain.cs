namespace ClearanceEngine.Recovery;

/// <summary>Lets one silo at a time scan for who is due; key <c>recovery</c>.</summary>
[Alias("clearance.recovery")]
public interface IRecoveryGrain : IGrainWithStringKey
{
    /// <summary>True for the first to ask in each period: it scans, the others rest.</summary>
    [Alias("take-turn")]
    Task<bool> TakeTurn(TimeSpan period);

    /// <summary>Whoever has the turn is not done: the others rest for another period from now.</summary>
    [Alias("keep-turn")]
    Task KeepTurn(TimeSpan period);
}

/// <summary>The turn lives in memory only: after a crash a scan too many does no harm.</summary>
public sealed class RecoveryGrain(TimeProvider time) : Grain, IRecoveryGrain
{
    DateTimeOffset _next;

    public Task<bool> TakeTurn(TimeSpan period)
    {
        if (time.GetUtcNow() < _next)
            return Task.FromResult(false);
        Keep(period);
        return Task.FromResult(true);
    }

    public Task KeepTurn(TimeSpan period)
    {
        Keep(period);
        return Task.CompletedTask;
    }

    /// <summary>A little less than the period, so that the same silo's next tick is not refused for being early.</summary>
    void Keep(TimeSpan period) => _next = time.GetUtcNow() + (period * 0.8);
}
