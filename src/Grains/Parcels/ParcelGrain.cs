using System.Collections.Immutable;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Waiting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Thin: load, decide, save, then drive what is owed. Reentrant, so that calls share writes; deciding is synchronous,
/// every answer waits for its write, and only what is stored is driven.
/// </summary>
[Reentrant]
public sealed partial class ParcelGrain : Grain, IParcelGrain
{
    readonly IPersistentState<ParcelState> _stored;
    readonly ParcelRules _rules;
    readonly IDispatch _dispatch;
    readonly IDocumentIndex _index;
    readonly TimeProvider _time;
    readonly ILogger<ParcelGrain> _logger;
    readonly SharedWrite _write;
    readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);
    ParcelState _saved;

    public ParcelGrain(
        [PersistentState("parcel", "parcels")] IPersistentState<ParcelState> stored, ParcelRules rules, IDispatch dispatch, IDocumentIndex index,
        TimeProvider time, ILogger<ParcelGrain> logger)
    {
        (_stored, _rules, _dispatch, _index, _time, _logger) = (stored, rules, dispatch, index, time, logger);
        _saved = new ParcelState();
        _write = new SharedWrite(Save, DeactivateOnIdle);
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
        foreach (var settlement in settlements) _inFlight.Remove(settlement.OwedId);
        return Apply([.. settlements.Select(s => new Settled(s))]);
    }

    public Task Wake()
    {
        // Whatever was handed over and never settled is handed over again; doing it twice is doing it once.
        _inFlight.Clear();
        return Apply([new Woken()]);
    }

    public async Task<bool> Ask() => (await Apply([new AskNow()]))[0].State.Owes.OfType<OwedQuery>().Any();

    public async Task<Problem?> Leave(DateTimeOffset leftAt) => (await Apply([new GoodsLeft(leftAt)]))[0].Refusal;

    public Task CarrierRefused(DocumentKind kind, string documentGuid, Problem problem) => Apply([new CarrierRefused(kind, documentGuid, problem)]);

    public Task FormatRefused(ImmutableArray<string> owedIds, Problem? problem) => Apply([new FormatRefused(owedIds, problem)]);

    public Task GiveUpWaybill(string logisticsCode, string logisticsNo, string to) => Apply([new WaybillGivenUp(logisticsCode, logisticsNo, to)]);

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

    /// <summary>Sets everything stored as owed going, unless it is on its way; a finished parcel leaves memory.</summary>
    void Drive()
    {
        foreach (var owed in _saved.Owes)
        {
            if (!_inFlight.Add(owed.Id)) continue;
            if (owed is OwedQuota quota) Run(owed, () => DriveQuota(quota)).Ignore();
            else if (owed is OwedSeek) Run(owed, () => Seek(owed)).Ignore();
            else if (owed is OwedHandOver given) Run(owed, () => HandOver(given)).Ignore();
            else if (!_dispatch.TryHand(Key, owed)) _inFlight.Remove(owed.Id);
        }
        if (_saved.Exists && _saved.Owes.Length == 0 && ParcelTable.IsSettled(_saved.Status) && (_saved.TaxBills.Length > 0 || _saved.Status != ParcelStatus.Released)) DeactivateOnIdle();
    }

    async Task Run(Owed owed, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            LogDebtFailed(e, owed.Id, Key);
        }
        finally
        {
            _inFlight.Remove(owed.Id);
        }
    }

    async Task DriveQuota(OwedQuota owed)
    {
        var subscriber = GrainFactory.GetGrain<ISubscriberGrain>(GrainKey.Subscriber(owed.Subscriber));
        var id = $"{Key}#{owed.Attempt}";
        var fen = owed.AmountFen;
        switch (owed.Step)
        {
            case QuotaStep.Reserve:
                var answer = await subscriber.Reserve(id, owed.Replaces == 0 ? null : $"{Key}#{owed.Replaces}", owed.AmountFen, owed.Year);
                await Apply([new ReserveAnswered(owed.Attempt, answer)]);
                return;
            case QuotaStep.Post: await subscriber.Post(id, owed.AmountFen, owed.Year); break;
            case QuotaStep.Void: await subscriber.Void(id); break;
            case QuotaStep.GiveBack: fen = await subscriber.GiveBack(id, owed.Id, owed.AmountFen); break;
        }
        await Apply([new QuotaStepDone(owed.Id, owed.Step, owed.Attempt, fen)]);
    }

    /// <summary>Looks, on fresh data, for what waits for this parcel and for a waybill that another parcel holds (rule 12).</summary>
    async Task Seek(Owed owed)
    {
        var found = await _index.Find(_saved.Sought, fresh: true);
        foreach (var (name, holders) in found)
        {
            var byWaybill = name.StartsWith("wait-wb/", StringComparison.Ordinal);
            foreach (var holder in holders) await GrainFactory.GetGrain<IWaitingGrain>(holder).Offer(Key, byWaybill);
        }
        if (_stored.State.Live(DocumentKind.Waybill) is null && _stored.State.Live(DocumentKind.List) is { } list)
        {
            var (code, number) = (list.Required(Ceb.InventoryHead.LogisticsCode), list.Required(Ceb.InventoryHead.LogisticsNo));
            var name = IndexKey.Waybill(code, number);
            var others = await _index.Find([name], fresh: true);
            foreach (var other in others.GetValueOrDefault(name, []).Where(k => k != Key)) await GrainFactory.GetGrain<IParcelGrain>(other).GiveUpWaybill(code, number, Key);
        }
        await Apply([new Settled(new Settlement(owed.Id, _time.GetUtcNow()))]);
    }

    async Task HandOver(OwedHandOver owed)
    {
        await GrainFactory.GetGrain<IParcelGrain>(owed.To).Submit([ParcelViews.Resubmit(DocumentKind.Waybill, owed.Waybill)]);
        await Apply([new Settled(new Settlement(owed.Id, _time.GetUtcNow()))]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Debt} of parcel {Parcel} could not be done; it is tried again by the scan.")]
    partial void LogDebtFailed(Exception e, string debt, string parcel);
}
