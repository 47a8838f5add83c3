using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Rules;
using ClearanceEngine.Storage;
using Orleans.Concurrency;

namespace ClearanceEngine.Subscribers;

/// <summary>Limits and memory of the quota ledger.</summary>
public sealed class QuotaOptions
{
    /// <summary>Years back for which a reserve is still taken; older ones are answered "too old". Default 3.</summary>
    [Range(1, 50)]
    public int HorizonYears { get; set; } = 3;
}

/// <summary>
/// Thin: decide, save, answer. Reentrant, so that concurrent calls of one hot buyer share a write; each change is
/// made synchronously before the await.
/// </summary>
[Reentrant]
public sealed class SubscriberGrain : Grain, ISubscriberGrain
{
    readonly IPersistentState<QuotaState> _stored;
    readonly QuotaLedger _ledger;
    readonly TimeProvider _time;
    readonly SharedWrite _write;

    public SubscriberGrain(
        [PersistentState("subscriber", "parcels")] IPersistentState<QuotaState> stored,
        LimitTable limits,
        QuotaOptions options,
        TimeProvider time
    )
    {
        _stored = stored;
        _ledger = new QuotaLedger(limits, options.HorizonYears);
        _time = time;
        _write = new SharedWrite(() => stored.WriteStateAsync(), DeactivateOnIdle);
    }

    public async Task<ReserveAnswer> Reserve(string id, string? replaces, long amountFen, int year)
    {
        var (state, answer) = _ledger.Reserve(
            _stored.State,
            id,
            replaces,
            amountFen,
            year,
            _time.GetUtcNow()
        );
        await Keep(state);
        return answer;
    }

    public Task Post(string id, long amountFen, int year) =>
        Keep(_ledger.Post(_stored.State, id, amountFen, year, _time.GetUtcNow()));

    public Task Void(string id) => Keep(_ledger.Void(_stored.State, id, _time.GetUtcNow()));

    public async Task<long> GiveBack(string id, string giveBackId, long amountFen)
    {
        var (state, given) = _ledger.GiveBack(_stored.State, id, giveBackId, amountFen);
        await Keep(state);
        return given;
    }

    public Task FlagOver(int year, int customsCode) =>
        Keep(_ledger.FlagOver(_stored.State, year, customsCode));

    public async Task<Standing> Standing(int year)
    {
        var standing = _ledger.Of(_stored.State, year);
        await _write.Settled();
        return standing;
    }

    /// <summary>Unchanged state still waits for writes under way: no answer from dirty memory.</summary>
    Task Keep(QuotaState state)
    {
        if (ReferenceEquals(state, _stored.State))
            return _write.Settled();
        _stored.State = state;
        return _write.Changed();
    }
}
