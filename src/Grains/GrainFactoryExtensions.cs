using Orleans.Runtime;

namespace ClearanceEngine;

/// <summary>References to grains of one interface each.</summary>
public static class GrainFactoryExtensions
{
    /// <summary>
    /// What <see cref="IGrainFactory.GetGrain{TGrainInterface}(string, string?)"/> gives, for interfaces that one grain class
    /// implements: that call reads attributes by reflection each time, which shows when it is made twenty times a parcel.
    /// </summary>
    public static T Grain<T>(this IGrainFactory grains, string key)
        where T : IGrainWithStringKey
    {
        if (Kind<T>.Known is { } known)
            return (T)grains.GetGrain(GrainId.Create(known.Grain, key), known.Interface);
        var first = grains.GetGrain<T>(key);
        Kind<T>.Known = new Types(first.GetGrainId().Type, ((GrainReference)(object)first).InterfaceType);
        return first;
    }

    sealed record Types(GrainType Grain, GrainInterfaceType Interface);

    static class Kind<T>
    {
        public static volatile Types? Known;
    }
}
