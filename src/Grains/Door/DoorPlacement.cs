using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace ClearanceEngine.Door;

/// <summary>A door's grain lives on the silo that its key names, and nowhere else: only there somebody waits.</summary>
[GenerateSerializer, Immutable, Alias("clearance.door.placement")]
public sealed class DoorPlacement : PlacementStrategy
{
    const string Prefix = "d/";

    /// <summary>Key of a silo's door.</summary>
    public static string Key(SiloAddress silo) => Prefix + silo.ToParsableString();

    internal static SiloAddress Silo(string key) => SiloAddress.FromParsableString(key[Prefix.Length..]);
}

/// <summary>See <see cref="DoorPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DoorPlacementAttribute() : PlacementAttribute(new DoorPlacement());

/// <summary>Finds the silo; a door whose silo is gone has nobody who waits.</summary>
public sealed class DoorPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    )
    {
        var silo = DoorPlacement.Silo(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new InvalidOperationException($"The silo {silo} with this door is gone.");
    }
}
