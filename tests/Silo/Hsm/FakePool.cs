using ClearanceEngine.Signing;

namespace ClearanceEngine.Tests.Hsm;

/// <summary>The real ledger without a silo; answers can be kept back.</summary>
sealed class FakePool(SigningPoolOptions options, TimeProvider time) : ISigningPoolGrain
{
    readonly PermitLedger _ledger = new(options);
    readonly Lock _lock = new();
    PoolState _state = new();

    public volatile bool Silent;

    /// <summary>Calls are taken, and answered when this ends; null answers at once.</summary>
    public volatile TaskCompletionSource<PermitLease>? Hang;

    public volatile int Calls;

    public List<PermitLease?> Named { get; } = [];

    public Task<PermitLease> Lease(string holder, int wanted) => Answer(holder, wanted, null);

    public Task<PermitLease> Renew(PermitLease last, int wanted) => Answer(last.Holder, wanted, last);

    public Task<IReadOnlyList<PermitLease>> Show()
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<PermitLease>>([.. _state.Leases.Select(l => l.Latest)]);
    }

    Task<PermitLease> Answer(string holder, int wanted, PermitLease? last)
    {
        lock (_lock)
        {
            Calls++;
            if (Hang is { } hang)
                return hang.Task;
            if (Silent)
                return Task.FromException<PermitLease>(new TimeoutException("the pool is silent"));
            Named.Add(last);
            (_state, var lease) = _ledger.Lease(_state, holder, wanted, last, time.GetUtcNow());
            return Task.FromResult(lease);
        }
    }
}
