namespace ClearanceEngine.Parcels;

/// <summary>
/// What the way out and whoever handed it an effect share in memory: here it says what became of it, and no call comes back
/// (ADR 023). It is lost with its process; what is stored, an outbox or a record that is not done, makes good.
/// </summary>
public sealed class EffectTicket
{
    // Never inside the way out: whoever waits goes on in its own place.
    readonly TaskCompletionSource<Completion?> _outcome = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    EffectTicket? _twin;

    /// <summary>Ends with the completion; with null when the effect cannot be done now and stays where it is stored.</summary>
    public Task<Completion?> Outcome => _outcome.Task;

    public void Complete(Completion completion) => End(completion);

    public void GiveUp() => End(null);

    /// <summary>The same effect was handed over twice before it was worked on: it is done once and told to both.</summary>
    public void Join(EffectTicket twin)
    {
        (twin._twin, _twin) = (_twin, twin);
    }

    void End(Completion? outcome)
    {
        _outcome.TrySetResult(outcome);
        _twin?.End(outcome);
    }
}
