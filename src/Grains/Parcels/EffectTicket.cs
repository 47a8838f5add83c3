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
    volatile bool _isAbandoned;

    /// <summary>Ends with the completion; with null when the effect cannot be done now and stays where it is stored.</summary>
    public Task<Completion?> Outcome => _outcome.Task;

    /// <summary>Nobody waits for it any more, nor for a twin: what was not begun need not be done, for it is stored elsewhere.</summary>
    public bool IsAbandoned
    {
        get
        {
            for (var ticket = this; ticket is not null; ticket = ticket._twin)
            {
                if (!ticket._isAbandoned)
                    return false;
            }
            return true;
        }
    }

    /// <summary>Whoever handed it over has stored it elsewhere.</summary>
    public void Abandon() => _isAbandoned = true;

    public void Complete(Completion completion) => End(completion);

    public void GiveUp() => End(null);

    /// <summary>The same effect was handed over twice before it was worked on: it is done once and told to both.</summary>
    public void Join(EffectTicket twin)
    {
        (twin._twin, _twin) = (_twin, twin);
    }

    void End(Completion? outcome)
    {
        for (var ticket = this; ticket is not null; ticket = ticket._twin)
            ticket._outcome.TrySetResult(outcome);
    }
}
