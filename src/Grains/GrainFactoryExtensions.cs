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
        // What a factory other than Orleans' own gives, such as a test's, is no reference and says nothing of the next.
        if (first is GrainReference reference)
            Kind<T>.Known = new Types(reference.GrainId.Type, reference.InterfaceType);
        return first;
    }

    sealed record Types(GrainType Grain, GrainInterfaceType Interface);

    static class Kind<T>
    {
        public static volatile Types? Known;
    }
}
