using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>What the queues of a provider need of their silo.</summary>
sealed record StreamServices(
    IGrainFactory Grains,
    SiloAddress Silo,
    GroupOffsets Offsets,
    DeadLetterParking Parking,
    FailureJudge Judge,
    DeliveryFailures Failures,
    SemaphoreSlim RewindTurns,
    TimeSpan MaxDeliveryTime,
    bool OneByOne,
    TimeProvider Time,
    ILogger Log
);
