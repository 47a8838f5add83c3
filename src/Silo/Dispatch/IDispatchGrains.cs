using ClearanceEngine.Parcels;
using ClearanceEngine.Recovery;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>The grains that the way out talks to, and those that receipts of customs go to.</summary>
interface IDispatchGrains
{
    IParcelGrain Parcel(string key);

    ISignedMessageGrain SignedMessage(string guid);

    /// <param name="name">What the receipts echo.</param>
    IUnmatchedReceiptGrain UnmatchedReceipts(string name);

    /// <summary>Wakes a grain that is due, whatever it is.</summary>
    Task Wake(string key);

    /// <summary>Renews this silo's lease of its share of a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="busy">Slices of which something is being worked on.</param>
    /// <param name="lease">How long the answer holds, counted from the question.</param>
    /// <returns>The slices of which something may be begun.</returns>
    Task<SliceSet> RenewLease(string list, SliceSet busy, TimeSpan lease);
}

/// <summary>Those of the cluster.</summary>
sealed class DispatchGrains(IGrainFactory grains, ILocalSiloDetails silo) : IDispatchGrains
{
    public IParcelGrain Parcel(string key) => grains.Grain<IParcelGrain>(key);

    public ISignedMessageGrain SignedMessage(string guid) =>
        grains.Grain<ISignedMessageGrain>(GrainKey.SignedMessage(guid));

    public IUnmatchedReceiptGrain UnmatchedReceipts(string name) =>
        grains.Grain<IUnmatchedReceiptGrain>(GrainKey.UnmatchedReceipts(name));

    public Task Wake(string key) =>
        key[..2] switch
        {
            "p/" => grains.Grain<IParcelGrain>(key).Wake(),
            "w/" => grains.Grain<IUnmatchedWaybillGrain>(key).Wake(),
            "r/" => grains.Grain<IUnmatchedReceiptGrain>(key).Wake(),
            "m/" => grains.Grain<ISignedMessageGrain>(key).Wake(),
            // It rests and is named: a silo of a newer version made it, and wakes it.
            _ => Task.FromException(
                new NotSupportedException(
                    $"本版本不认识到期单据的种类：{key}。已知：p/ w/ r/ m/。由新版本的节点处理，请尽快升级本节点。This version knows no kind of grain with the key {key} (known: p/, w/, r/, m/); a silo of a newer version drives it on, so upgrade this one soon."
                )
            ),
        };

    public Task<SliceSet> RenewLease(string list, SliceSet busy, TimeSpan lease) =>
        grains
            .Grain<IRecoveryGrain>($"recovery/{list}")
            .Renew(silo.SiloAddress.ToParsableString(), busy, lease);
}
