using ClearanceEngine.Storage;
using Orleans.Concurrency;

namespace ClearanceEngine.Signing;

/// <summary>Thin: the ledger decides, the store keeps.</summary>
[Reentrant]
public sealed class SigningPoolGrain : Grain, ISigningPoolGrain
{
    readonly IPersistentState<PoolState> _stored;
    readonly PermitLedger _ledger;
    readonly TimeProvider _time;
    readonly SharedWrite _write;

    public SigningPoolGrain(
        [PersistentState("signing-pool", "settings")] IPersistentState<PoolState> stored,
        SigningPoolOptions options,
        TimeProvider time
    )
    {
        _stored = stored;
        _ledger = new PermitLedger(options);
        _time = time;
        _write = new SharedWrite(() => stored.WriteStateAsync(), DeactivateOnIdle);
    }

    public Task<PermitLease> Lease(string holder, int wanted) => Lease(holder, wanted, last: null);

    public Task<PermitLease> Renew(PermitLease last, int wanted) => Lease(last.Holder, wanted, last);

    public async Task<IReadOnlyList<PermitLease>> Show()
    {
        PermitLease[] leases = [.. _stored.State.Leases.Select(l => l.Latest)];
        await _write.Settled();
        return leases;
    }

    async Task<PermitLease> Lease(string holder, int wanted, PermitLease? last)
    {
        var (state, lease) = _ledger.Lease(_stored.State, holder, wanted, last, _time.GetUtcNow());
        _stored.State = state;
        await _write.Changed();
        return lease;
    }
}
