namespace ClearanceEngine.Streams.Kafka;

/// <summary>Waits that double up to a longest one, each between half and one and a half of its length.</summary>
sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    TimeSpan _next = first;

    /// <summary>Without jitter: what the next wait is built on.</summary>
    public TimeSpan Next => _next;

    /// <exception cref="OperationCanceledException">The token ended.</exception>
    public Task Wait(TimeProvider time, CancellationToken cancellationToken)
    {
        var wait = Take();
        return Task.Delay(wait, time, cancellationToken);
    }

    TimeSpan Take()
    {
#pragma warning disable CA5394 // Jitter needs no secure randomness.
        var wait = _next * (0.5 + Random.Shared.NextDouble());
#pragma warning restore CA5394
        _next = _next * 2 < longest ? _next * 2 : longest;
        return wait;
    }
}
