using System.Collections.Immutable;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Does the outboxes of the parcels of an order number, inside their grain: quota at its subscriber, looks and hand-overs here, the rest by dispatch.
/// What fails stays in the outbox and is tried again by the scan.
/// </summary>
/// <param name="state">The parcels as they stand.</param>
/// <param name="tell">Takes what came of an effect into its parcel; returns when that is stored.</param>
/// <param name="hear">Takes in that an effect was done; it is entered with what comes next.</param>
sealed partial class ParcelOutbox(
    string key,
    IGrainFactory grains,
    IOutboxDispatcher dispatch,
    IDocumentIndex index,
    ILogger logger,
    Func<OrderParcels> state,
    Func<OrderInput, Task> tell,
    Action<Completion> hear
)
{
    readonly HashSet<EffectName> _inFlight = [];
    bool _ended;

    /// <summary>Sets everything in the stored outbox going, unless it is on its way or was done since.</summary>
    public void Drive(OrderParcels stored)
    {
        var now = state();
        foreach (var parcel in stored.Parcels)
        {
            var name = new ParcelName(parcel.EbpCode, parcel.OrderNo);
            var current = now[parcel.EbpCode]!;
            foreach (var effect in parcel.Outbox)
            {
                if (current.Outbox == parcel.Outbox || current.Has(effect.Id))
                    Drive(name, parcel, effect);
            }
        }
        foreach (var receipt in stored.Outbox)
        {
            if (now.Outbox.Any(other => other.Id == receipt.Id))
                HandOver(new EffectName("", receipt.Id), receipt);
        }
    }

    void Drive(ParcelName parcel, ParcelState stored, Effect effect)
    {
        var name = new EffectName(parcel.EbpCode, effect.Id);
        switch (effect)
        {
            case ChangeQuota quota:
                Run(name, () => Step(parcel, quota)).Ignore();
                break;
            case SeekUnmatched:
                Run(name, () => Seek(stored, effect)).Ignore();
                break;
            default:
                HandOver(name, effect);
                break;
        }
    }

    /// <summary>Outside its parcel an effect is known by its platform, too.</summary>
    void HandOver(EffectName name, Effect effect)
    {
        if (!_inFlight.Add(name))
            return;
        var ticket = new EffectTicket();
        if (dispatch.TryTake(key, effect with { Id = name.ToString() }, ticket))
            Hear(ticket).Ignore();
        else
            _inFlight.Remove(name);
    }

    /// <summary>
    /// Goes on here, between the grain's calls, when the effect was done: no call comes back (ADR 023). It is stored with what
    /// comes next. Should that get lost, the effect is still in the outbox and is found to be done.
    /// </summary>
    async Task Hear(EffectTicket ticket)
    {
        if (await ticket.Outcome is { } completion && !_ended)
            hear(completion);
    }

    /// <summary>An activation that has ended takes nothing in: it may have left for another silo, with what it had.</summary>
    Task Tell(OrderInput input) => _ended ? Task.CompletedTask : tell(input);

    /// <summary>It was done: should it come into the outbox again, it is driven again.</summary>
    public void Completed(string effectId) => _inFlight.Remove(EffectName.Parse(effectId));

    /// <summary>Whatever was handed over and never settled is handed over again; doing it twice is doing it once.</summary>
    public void Forget() => _inFlight.Clear();

    /// <summary>The activation ends: what is done from now on, the next one hears of when it hands it over again.</summary>
    public void End() => _ended = true;

    async Task Run(EffectName name, Func<Task> work)
    {
        if (!_inFlight.Add(name))
            return;
        try
        {
            await work();
        }
        catch (Exception e)
        {
            LogEffectFailed(e, name, key);
        }
        finally
        {
            _inFlight.Remove(name);
        }
    }

    async Task Step(ParcelName parcel, ChangeQuota effect)
    {
        var subscriber = grains.Grain<ISubscriberGrain>(GrainKey.Subscriber(effect.Subscriber));
        var fen = effect.AmountFen;
        switch (effect.Step)
        {
            case QuotaStep.Reserve:
                // Those between were replaced before anyone answered them; the first may hold quota, and ends in one step with the new one.
                for (
                    var between = effect.Replaces + 1;
                    effect.Replaces > 0 && between < effect.Attempt;
                    between++
                )
                    await subscriber.Void(parcel.Reservation(between));
                var answer = await subscriber.Reserve(
                    parcel.Reservation(effect.Attempt),
                    effect.Replaces == 0 ? null : parcel.Reservation(effect.Replaces),
                    effect.AmountFen,
                    effect.Year
                );
                await Tell(new(new ReserveAnswered(effect.Attempt, answer), parcel.EbpCode));
                return;
            case QuotaStep.Post:
                await subscriber.Post(parcel.Reservation(effect.Attempt), effect.AmountFen, effect.Year);
                break;
            case QuotaStep.Void:
                await subscriber.Void(parcel.Reservation(effect.Attempt));
                break;
            case QuotaStep.FlagOver:
                await subscriber.FlagOver(effect.Year, effect.CustomsCode);
                break;
            case QuotaStep.GiveBack:
                fen = await subscriber.GiveBack(
                    parcel.Reservation(effect.Attempt),
                    effect.Id,
                    effect.AmountFen
                );
                break;
        }
        await Tell(new(new QuotaStepDone(effect.Id, effect.Step, effect.Attempt, fen), parcel.EbpCode));
    }

    /// <summary>Looks, on fresh data, for waybills that another order's parcel has, and for what waits by their numbers (rule 12).</summary>
    async Task Seek(ParcelState parcel, Effect effect)
    {
        var waybills = ParcelViews.Waybills(parcel).ToArray();
        var lacked = ParcelViews.LackedWaybill(parcel);
        var names = waybills.Select(kept => NameOf(kept.Key)).ToList();
        if (lacked is { } listed)
            names.Add(NameOf(listed));
        var found = await index.Find([.. parcel.Sought, .. names], fresh: true);

        foreach (
            var waiting in parcel.Sought.SelectMany(name => found.GetValueOrDefault(name, [])).Distinct()
        )
            await grains.Grain<IUnmatchedWaybillGrain>(waiting).Offer(key);

        var superseded = ImmutableArray.CreateBuilder<DocumentKey>();
        var elsewhere = ImmutableArray.CreateBuilder<DocumentKey>();
        foreach (var kept in waybills)
        {
            switch (await Claim(kept, found.GetValueOrDefault(NameOf(kept.Key), [])))
            {
                case WaybillClaim.Superseded:
                    superseded.Add(kept.Key);
                    break;
                case WaybillClaim.Kept:
                    elsewhere.Add(kept.Key);
                    break;
            }
        }
        if (lacked is { } named && found.GetValueOrDefault(NameOf(named), []).Any(holder => holder != key))
            elsewhere.Add(named);
        var sought = new Sought(effect.Id, superseded.ToImmutable(), elsewhere.ToImmutable());
        await Tell(new(sought, parcel.EbpCode));
    }

    static string NameOf(DocumentKey waybill) => IndexKey.Waybill(waybill.Issuer, waybill.Number);

    /// <summary>Asks every other holder for the waybill; the first that does not give it up has the say.</summary>
    async Task<WaybillClaim> Claim(ParcelDocument kept, IReadOnlyList<string> holders)
    {
        foreach (var other in holders.Where(holder => holder != key))
        {
            var (appTime, guid) = kept.Age;
            var claim = await grains.Grain<IParcelGrain>(other).ClaimWaybill(kept.Key, appTime, guid);
            if (claim != WaybillClaim.Free)
                return claim;
        }
        return WaybillClaim.Free;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Effect} of parcel {Parcel} could not be done; it is tried again by the scan."
    )]
    partial void LogEffectFailed(Exception e, EffectName effect, string parcel);
}
