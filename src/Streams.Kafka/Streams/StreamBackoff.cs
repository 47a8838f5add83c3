using Orleans.Runtime.Providers;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Waits between the tries of a delivery: doubled from the first to the longest, each between half and one and a half of its length.</summary>
sealed class StreamBackoff(KafkaStreamOptions options) : IMessageDeliveryBackoffProvider
{
    public TimeSpan Next(int attempt)
    {
        var wait = options.FirstBackoff * Math.Pow(2, Math.Min(attempt, 30));
        if (wait > options.LongestBackoff)
            wait = options.LongestBackoff;
#pragma warning disable CA5394 // Jitter needs no secure randomness.
        return wait * (0.5 + Random.Shared.NextDouble());
#pragma warning restore CA5394
    }
}
