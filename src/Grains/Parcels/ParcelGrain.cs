using System.Collections.Immutable;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Thin: load, decide, save, then drive what is owed. Reentrant, so that calls share writes; deciding is synchronous,
/// every answer waits for its write, and only what is stored is driven.
/// </summary>
[Reentrant]
public sealed class ParcelGrain : Grain, IParcelGrain
{
    readonly IPersistentState<ParcelState> _stored;
    readonly ParcelRules _rules;
    readonly TimeProvider _time;
    readonly SharedWrite _write;
    readonly ParcelDebts _debts;
    ParcelState _saved;

    public ParcelGrain(
        [PersistentState("parcel", "parcels")] IPersistentState<ParcelState> stored, ParcelRules rules, IDispatch dispatch, IDocumentIndex index,
        TimeProvider time, ILogger<ParcelGrain> logger)
    {
        (_stored, _rules, _time) = (stored, rules, time);
        _saved = new ParcelState();
        _write = new SharedWrite(Save, DeactivateOnIdle);
        _debts = new ParcelDebts(Key, GrainFactory, dispatch, index, time, logger, () => _stored.State, input => Apply([input]));
    }

    string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = _stored.State;
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<SubmissionReply>> Submit(ImmutableArray<Submission> submissions)
    {
        var decisions = await Apply([.. submissions.Select(s => new DocumentArrived(s))]);
        return [.. decisions.Select(d => d.Reply!)];
    }

    public async Task<bool> Receive(ImmutableArray<CustomsAnswer> answers)
    {
        await Apply([.. answers.Select(a => new ReceiptArrived(a))]);
        return _stored.State.Exists;
    }

    public Task Settle(ImmutableArray<Settlement> settlements)
    {
        foreach (var settlement in settlements) _debts.Landed(settlement.OwedId);
        return Apply([.. settlements.Select(s => new Settled(s))]);
    }

    public Task Wake()
    {
        _debts.Forget();
        return Apply([new Woken()]);
    }

    public async Task<bool> Ask() => (await Apply([new AskNow()]))[0].State.Owes.OfType<OwedQuery>().Any();

    public async Task<Problem?> Leave(DateTimeOffset leftAt) => (await Apply([new GoodsLeft(leftAt)]))[0].Refusal;

    public Task CarrierRefused(DocumentKind kind, string documentGuid, Problem problem) => Apply([new CarrierRefused(kind, documentGuid, problem)]);

    public Task FormatRefused(ImmutableArray<string> owedIds, Problem? problem) => Apply([new FormatRefused(owedIds, problem)]);

    public Task GiveUpWaybill(string logisticsCode, string logisticsNo) => Apply([new WaybillGivenUp(logisticsCode, logisticsNo)]);

    public async Task<bool> ListNames(string logisticsCode, string logisticsNo)
    {
        var names = ParcelViews.ListNames(_stored.State, logisticsCode, logisticsNo);
        await _write.Settled();
        return names;
    }

    public async Task<ParcelView?> Show()
    {
        var view = ParcelViews.Show(_stored.State);
        await _write.Settled();
        return view;
    }

    async Task<Decision[]> Apply(ParcelInput[] inputs)
    {
        var decisions = new Decision[inputs.Length];
        var changed = false;
        for (var i = 0; i < inputs.Length; i++)
        {
            decisions[i] = Parcel.Decide(Key, _stored.State, inputs[i], _rules, _time.GetUtcNow());
            changed |= !ReferenceEquals(decisions[i].State, _stored.State);
            _stored.State = decisions[i].State;
        }
        await (changed ? _write.Changed() : _write.Settled());
        Drive();
        return decisions;
    }

    async Task Save()
    {
        var state = _stored.State;
        await _stored.WriteStateAsync();
        _saved = state;
    }

    /// <summary>Sets everything stored as owed going; a finished parcel leaves memory.</summary>
    void Drive()
    {
        _debts.Drive(_saved);
        if (_saved.Exists && _saved.Owes.Length == 0 && ParcelTable.IsSettled(_saved.Status) && (_saved.TaxBills.Length > 0 || _saved.Status != ParcelStatus.Released)) DeactivateOnIdle();
    }
}
