using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Wakes whoever is due or waits too long, whatever it is (rule 2).</summary>
sealed class GrainWaking(
    RecoveryOptions options,
    IDueGrains due,
    IDispatchGrains grains,
    TimeProvider time,
    ILogger<GrainWaking> logger
) : RecoveryLoop<DueGrain>("grains", options, grains, time, logger)
{
    readonly IDispatchGrains _grains = grains;

    public override Task<IReadOnlyList<DueGrain>> Page(
        DueGrain? after,
        int limit,
        CancellationToken cancellationToken
    ) => due.Due(Time.GetUtcNow(), after, limit, cancellationToken);

    public override string KeyOf(DueGrain item) => item.GrainKey;

    public override Task Drive(DueGrain item, CancellationToken cancellationToken) =>
        _grains.Wake(item.GrainKey);
}
