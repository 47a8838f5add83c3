namespace ClearanceEngine.Silo.Changes;

/// <summary>Waits that end without an exception.</summary>
static class Pause
{
    /// <summary>Until it is done, the time is over, or the token ends.</summary>
    public static async Task Until(
        Task done,
        TimeSpan time,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var over = Task.Delay(time, clock, ending.Token);
        await Task.WhenAny(done, over);
        // Else a timer would stay for each event.
        await ending.CancelAsync();
    }
}
