using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Wakes whoever is due, whatever it is (rule 2).</summary>
/// <param name="what">What for; there is one for each.</param>
sealed class GrainWaking(
    DueFor what,
    RecoveryOptions options,
    IDueGrains due,
    IDispatchGrains grains,
    TimeProvider time,
    ILogger<GrainWaking> logger
) : RecoveryLoop<DueGrain>(NameOf(what), options, grains, time, logger)
{
    readonly IDispatchGrains _grains = grains;

    /// <summary>The list, for the log and in metrics.</summary>
    public static string NameOf(DueFor what) => what == DueFor.Outbox ? "outbox" : "time";

    public override Task<IReadOnlyList<DueGrain>> Page(
        DueGrain? after,
        int limit,
        CancellationToken cancellationToken
    ) => due.Due(what, Time.GetUtcNow(), after, limit, cancellationToken);

    public override string KeyOf(DueGrain item) => item.GrainKey;

    public override Task Drive(DueGrain item, CancellationToken cancellationToken) =>
        _grains.Wake(item.GrainKey);
}
