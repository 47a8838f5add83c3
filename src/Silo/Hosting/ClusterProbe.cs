using ClearanceEngine.Door;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Asks every silo that counts as alive for an answer, by the grain that lives on it and nowhere else.</summary>
sealed class ClusterProbe(IGrainFactory grains, ISiloStatusOracle silos)
{
    /// <exception cref="Exception">A silo that counts as alive does not answer, or not to us.</exception>
    public async Task Ask(CancellationToken cancellationToken)
    {
        var alive = silos.GetApproximateSiloStatuses(onlyActive: true).Keys;
        await Task.WhenAll(alive.Select(s => grains.Grain<IDoorGrain>(DoorPlacement.Key(s)).IsHere()))
            .WaitAsync(cancellationToken);
    }
}
