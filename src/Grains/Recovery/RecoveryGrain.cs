namespace ClearanceEngine.Recovery;

/// <summary>Shares out a list among the silos that scan it; key <c>recovery/{list}</c>.</summary>
[Alias("clearance.recovery")]
public interface IRecoveryGrain : IGrainWithStringKey
{
    /// <summary>Renews the lease of a silo, see <see cref="SliceLedger.Renew"/>.</summary>
    /// <param name="silo">Its name.</param>
    /// <param name="busy">Slices of which it still works on something.</param>
    /// <param name="lease">How long the answer holds, counted from the question.</param>
    [Alias("renew")]
    Task<SliceSet> Renew(string silo, SliceSet busy, TimeSpan lease);
}

/// <summary>
/// The ledger lives in memory only. One that begins anew, after a crash of its silo, learns who has what as the others renew; until
/// then an item may be driven twice, which is waste and no harm (rule 3). It does not leave memory for being idle between renewals:
/// each would find an empty ledger and get everything.
/// </summary>
[KeepAlive]
public sealed class RecoveryGrain(TimeProvider time) : Grain, IRecoveryGrain
{
    readonly SliceLedger _ledger = new();

    public Task<SliceSet> Renew(string silo, SliceSet busy, TimeSpan lease) =>
        Task.FromResult(_ledger.Renew(silo, busy, time.GetUtcNow(), lease));
}
