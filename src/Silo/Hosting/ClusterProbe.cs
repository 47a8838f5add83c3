using ClearanceEngine.Door;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Asks every silo that counts as alive whether it can work, by the grain that lives on it and nowhere else.</summary>
sealed class ClusterProbe(IGrainFactory grains, ISiloStatusOracle silos)
{
    /// <exception cref="SiloUnavailableException">A silo that counts as alive does not answer, or not to us, or the database is away from it.</exception>
    public async Task Ask(CancellationToken cancellationToken)
    {
        var alive = silos.GetApproximateSiloStatuses(onlyActive: true).Keys;
        await Task.WhenAll(alive.Select(Ask)).WaitAsync(cancellationToken);
    }

    async Task Ask(SiloAddress silo)
    {
        try
        {
            await grains.Grain<IDoorGrain>(DoorPlacement.Key(silo)).IsHere();
        }
        catch (Exception e)
        {
            throw new SiloUnavailableException($"{silo}: {e.Message}", e);
        }
    }
}
