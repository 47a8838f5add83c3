using ClearanceEngine.Parcels;

namespace ClearanceEngine.Tests.Parcels;

static class OrderEffects
{
    /// <summary>Everything that is to be done and not known to be complete, with the platform whose parcel it is of.</summary>
    public static IEnumerable<(string EbpCode, Effect Effect)> Effects(this OrderParcels order)
    {
        foreach (var parcel in order.Parcels)
        {
            foreach (var effect in parcel.Outbox)
                yield return (parcel.EbpCode, effect);
        }
        foreach (var receipt in order.Outbox)
            yield return ("", receipt);
    }
}
