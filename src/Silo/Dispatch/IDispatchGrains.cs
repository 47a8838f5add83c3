using ClearanceEngine.Parcels;
using ClearanceEngine.Recovery;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Waiting;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>The grains that the way out talks to.</summary>
interface IDispatchGrains
{
    IParcelGrain Parcel(string key);

    ISignedMessageGrain SignedMessage(string guid);

    /// <summary>Wakes a grain that is due, whatever it is.</summary>
    Task Wake(string key);

    /// <summary>True for the first silo that asks for this loop in each period.</summary>
    Task<bool> TakeTurn(string loop, TimeSpan period);
}

/// <summary>Those of the cluster.</summary>
sealed class DispatchGrains(IGrainFactory grains) : IDispatchGrains
{
    public IParcelGrain Parcel(string key) => grains.Grain<IParcelGrain>(key);

    public ISignedMessageGrain SignedMessage(string guid) =>
        grains.Grain<ISignedMessageGrain>(GrainKey.SignedMessage(guid));

    public Task Wake(string key) =>
        key[..2] switch
        {
            "p/" => grains.Grain<IParcelGrain>(key).Wake(),
            "w/" => grains.Grain<IWaitingGrain>(key).Wake(),
            "r/" => grains.Grain<IWaitingReceiptGrain>(key).Wake(),
            "m/" => grains.Grain<ISignedMessageGrain>(key).Wake(),
            _ => Task.CompletedTask,
        };

    public Task<bool> TakeTurn(string loop, TimeSpan period) =>
        grains.Grain<IRecoveryGrain>($"recovery/{loop}").TakeTurn(period);
}
