using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Grains that strangers may ask for. The store is asked first: what is not there is answered without a grain, or anybody could
/// fill the silos' memory with grains of nothing.
/// </summary>
sealed class KnownGrains(StoredGrains stored, IGrainFactory grains)
{
    /// <summary>Longest codes and numbers that intake takes; longer ones are of nobody.</summary>
    const int CodeLength = 18,
        NumberLength = 60;

    /// <summary>The names of the grains' states in the store.</summary>
    const string ParcelState = "parcel",
        SubscriberState = "subscriber";

    /// <summary>True for a number, such as an order's or a waybill's, that a document may have; PostgreSQL takes no NUL in a text.</summary>
    public static bool IsNumber(string text) =>
        text.Length is > 0 and <= NumberLength && !text.Any(char.IsControl);

    /// <summary>The grain of the parcels of an order number; null when nothing is stored of any that this platform may have.</summary>
    public async Task<IParcelGrain?> Parcel(
        string ebpCode,
        string orderNo,
        CancellationToken cancellationToken
    ) =>
        ebpCode.Length <= CodeLength && IsNumber(orderNo)
            ? await Parcel(GrainKey.Parcels(orderNo), cancellationToken)
            : null;

    /// <inheritdoc cref="Parcel(string, string, CancellationToken)"/>
    public async Task<IParcelGrain?> Parcel(string key, CancellationToken cancellationToken) =>
        await stored.Has(new RowKey(ParcelState, key), cancellationToken)
            ? grains.Grain<IParcelGrain>(key)
            : null;

    /// <summary>The subscriber; null when nothing is stored of them.</summary>
    public async Task<ISubscriberGrain?> Subscriber(string idHash, CancellationToken cancellationToken)
    {
        var key = GrainKey.Subscriber(idHash);
        return await stored.Has(new RowKey(SubscriberState, key), cancellationToken)
            ? grains.Grain<ISubscriberGrain>(key)
            : null;
    }
}
