using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Does the outbox of a parcel, inside its grain: quota at its subscriber, looks and hand-overs here, the rest by dispatch.
/// What fails stays in the outbox and is tried again by the scan.
/// </summary>
/// <param name="state">The parcel as it stands.</param>
/// <param name="tell">Takes what came of an effect into the parcel; returns when that is stored.</param>
sealed partial class ParcelOutbox(
    string key,
    IGrainFactory grains,
    IOutboxDispatcher dispatch,
    IDocumentIndex index,
    TimeProvider time,
    ILogger logger,
    Func<ParcelState> state,
    Func<ParcelInput, Task> tell
)
{
    readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Sets everything in the stored outbox going, unless it is on its way or was done since.</summary>
    public void Drive(ParcelState stored)
    {
        var now = state().Outbox;
        foreach (var effect in stored.Outbox)
        {
            if (now != stored.Outbox && !now.Any(o => o.Id == effect.Id))
                continue;
            if (!_inFlight.Add(effect.Id))
                continue;
            switch (effect)
            {
                case ChangeQuota quota:
                    Run(effect, () => Step(quota)).Ignore();
                    break;
                case SeekUnmatched:
                    Run(effect, () => Seek(stored, effect)).Ignore();
                    break;
                case HandOverWaybill handOver:
                    Run(effect, () => HandOver(handOver)).Ignore();
                    break;
                default:
                    if (!dispatch.TryTake(key, effect))
                        _inFlight.Remove(effect.Id);
                    break;
            }
        }
    }

    /// <summary>It was done: should it come into the outbox again, it is driven again.</summary>
    public void Completed(string effectId) => _inFlight.Remove(effectId);

    /// <summary>Whatever was handed over and never settled is handed over again; doing it twice is doing it once.</summary>
    public void Forget() => _inFlight.Clear();

    async Task Run(Effect effect, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            LogEffectFailed(e, effect.Id, key);
        }
        finally
        {
            _inFlight.Remove(effect.Id);
        }
    }

    async Task Step(ChangeQuota effect)
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
                    await subscriber.Void(Name(between));
                var answer = await subscriber.Reserve(
                    Name(effect.Attempt),
                    effect.Replaces == 0 ? null : Name(effect.Replaces),
                    effect.AmountFen,
                    effect.Year
                );
                await tell(new ReserveAnswered(effect.Attempt, answer));
                return;
            case QuotaStep.Post:
                await subscriber.Post(Name(effect.Attempt), effect.AmountFen, effect.Year);
                break;
            case QuotaStep.Void:
                await subscriber.Void(Name(effect.Attempt));
                break;
            case QuotaStep.FlagOver:
                await subscriber.FlagOver(effect.Year, effect.CustomsCode);
                break;
            case QuotaStep.GiveBack:
                fen = await subscriber.GiveBack(Name(effect.Attempt), effect.Id, effect.AmountFen);
                break;
        }
        await tell(new QuotaStepDone(effect.Id, effect.Step, effect.Attempt, fen));
    }

    string Name(int attempt) => $"{key}#{attempt}";

    /// <summary>Looks, on fresh data, for what waits for this parcel and for a waybill that another parcel holds (rule 12).</summary>
    async Task Seek(ParcelState stored, Effect effect)
    {
        var found = await index.Find(stored.Sought, fresh: true);
        foreach (var (name, holders) in found)
        {
            var byWaybill = ParcelViews.ClaimsUnmatched(state(), name);
            foreach (var holder in holders)
                await grains.Grain<IUnmatchedWaybillGrain>(holder).Offer(key, byWaybill);
        }
        if (
            state() is var parcel
            && parcel.Live(DocumentType.DeclarationList) is { } list
            && ParcelViews.LacksListedWaybill(parcel)
        )
        {
            var (code, number) = (
                list.Required(InventoryHead.LogisticsCode),
                list.Required(InventoryHead.LogisticsNo)
            );
            var name = IndexKey.Waybill(code, number);
            var others = await index.Find([name], fresh: true);
            foreach (var other in others.GetValueOrDefault(name, []).Where(k => k != key))
                await grains.Grain<IParcelGrain>(other).GiveUpWaybill(code, number);
        }
        await Done(effect);
    }

    /// <summary>Whatever becomes of it there, it waits where it is durable and looks for the parcel whose list names it.</summary>
    async Task HandOver(HandOverWaybill effect)
    {
        var waybill = effect.Document.Document;
        var place = GrainKey.UnmatchedWaybill(
            waybill.Required(LogisticsHead.LogisticsCode),
            waybill.Required(LogisticsHead.LogisticsNo)
        );
        var reply = (await grains.Grain<IUnmatchedWaybillGrain>(place).Hold([effect.Document]))[0];
        if (reply is { Outcome: SubmissionOutcome.Refused, Status: null })
            throw new InvalidOperationException(reply.Problems[0].Text); // not kept: it stays in the outbox
        await Done(effect);
    }

    Task Done(Effect effect) => tell(new EffectCompleted(new Completion(effect.Id, time.GetUtcNow())));

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Effect} of parcel {Parcel} could not be done; it is tried again by the scan."
    )]
    partial void LogEffectFailed(Exception e, string effect, string parcel);
}
