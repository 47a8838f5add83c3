namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// How long a partition is ours. It ends in two steps when handed over in order: first it drains (nothing new begins, what
/// waits for its next try gives up, what runs may finish), then it is over. A lost partition is over at once.
/// </summary>
#pragma warning disable CA1001 // Handlers may look at the tokens after the end; sources without timers hold nothing to give back.
sealed class PartitionLease
#pragma warning restore CA1001
{
    readonly CancellationTokenSource _draining = new();
    readonly CancellationTokenSource _owned = new();

    /// <summary>Ends when the partition begins to be handed over.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Ends when the partition is no longer ours: from then on nothing counts that is done for it.</summary>
    public CancellationToken Owned => _owned.Token;

    // The tokens' listeners run elsewhere: what a handler registered must neither hold up nor break the reading thread.
    public void Drain() => _ = _draining.CancelAsync();

    public void End()
    {
        Drain();
        _ = _owned.CancelAsync();
    }
}
