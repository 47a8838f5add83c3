using ClearanceEngine.Ceb;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Waiting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Does what a parcel owes, inside its grain: quota at its subscriber, looks and hand-overs here, the rest by dispatch.
/// What fails stays owed and is tried again by the scan.
/// </summary>
/// <param name="state">The parcel as it stands.</param>
/// <param name="tell">Takes what came of a debt into the parcel; returns when that is stored.</param>
sealed partial class ParcelDebts(
    string key,
    IGrainFactory grains,
    IDispatch dispatch,
    IDocumentIndex index,
    TimeProvider time,
    ILogger logger,
    Func<ParcelState> state,
    Func<ParcelInput, Task> tell
)
{
    readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Sets everything stored as owed going, unless it is on its way or was done since.</summary>
    public void Drive(ParcelState stored)
    {
        var now = state().Owes;
        foreach (var owed in stored.Owes)
        {
            if (now != stored.Owes && !now.Any(o => o.Id == owed.Id))
                continue;
            if (!_inFlight.Add(owed.Id))
                continue;
            switch (owed)
            {
                case OwedQuota quota:
                    Run(owed, () => Step(quota)).Ignore();
                    break;
                case OwedSeek:
                    Run(owed, () => Seek(stored, owed)).Ignore();
                    break;
                case OwedHandOver handOver:
                    Run(owed, () => HandOver(handOver)).Ignore();
                    break;
                default:
                    if (!dispatch.TryHand(key, owed))
                        _inFlight.Remove(owed.Id);
                    break;
            }
        }
    }

    /// <summary>It was done: should it come to be owed again, it is driven again.</summary>
    public void Landed(string owedId) => _inFlight.Remove(owedId);

    /// <summary>Whatever was handed over and never settled is handed over again; doing it twice is doing it once.</summary>
    public void Forget() => _inFlight.Clear();

    async Task Run(Owed owed, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            LogDebtFailed(e, owed.Id, key);
        }
        finally
        {
            _inFlight.Remove(owed.Id);
        }
    }

    async Task Step(OwedQuota owed)
    {
        var subscriber = grains.Grain<ISubscriberGrain>(GrainKey.Subscriber(owed.Subscriber));
        var fen = owed.AmountFen;
        switch (owed.Step)
        {
            case QuotaStep.Reserve:
                // Those between were replaced before anyone answered them; the first may hold quota, and ends in one step with the new one.
                for (var between = owed.Replaces + 1; owed.Replaces > 0 && between < owed.Attempt; between++)
                    await subscriber.Void(Name(between));
                var answer = await subscriber.Reserve(
                    Name(owed.Attempt),
                    owed.Replaces == 0 ? null : Name(owed.Replaces),
                    owed.AmountFen,
                    owed.Year
                );
                await tell(new ReserveAnswered(owed.Attempt, answer));
                return;
            case QuotaStep.Post:
                await subscriber.Post(Name(owed.Attempt), owed.AmountFen, owed.Year);
                break;
            case QuotaStep.Void:
                await subscriber.Void(Name(owed.Attempt));
                break;
            case QuotaStep.GiveBack:
                fen = await subscriber.GiveBack(Name(owed.Attempt), owed.Id, owed.AmountFen);
                break;
        }
        await tell(new QuotaStepDone(owed.Id, owed.Step, owed.Attempt, fen));
    }

    string Name(int attempt) => $"{key}#{attempt}";

    /// <summary>Looks, on fresh data, for what waits for this parcel and for a waybill that another parcel holds (rule 12).</summary>
    async Task Seek(ParcelState stored, Owed owed)
    {
        var found = await index.Find(stored.Sought, fresh: true);
        foreach (var (name, holders) in found)
        {
            var byWaybill = name.StartsWith("wait-wb/", StringComparison.Ordinal);
            foreach (var holder in holders)
                await grains.Grain<IWaitingGrain>(holder).Offer(key, byWaybill);
        }
        if (
            state() is var parcel
            && parcel.Live(DocumentKind.Waybill) is null
            && parcel.Live(DocumentKind.List) is { } list
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
        await Done(owed);
    }

    /// <summary>Whatever becomes of it there, it waits where it is durable and looks for the parcel whose list names it.</summary>
    async Task HandOver(OwedHandOver owed)
    {
        var waybill = owed.Document.Document;
        var place = GrainKey.Waiting(
            waybill.Required(LogisticsHead.LogisticsCode),
            waybill.Required(LogisticsHead.LogisticsNo)
        );
        var reply = (await grains.Grain<IWaitingGrain>(place).Hold([owed.Document]))[0];
        if (reply is { Outcome: SubmissionOutcome.Refused, Status: null })
            throw new InvalidOperationException(reply.Problems[0].Text); // not kept: it stays owed
        await Done(owed);
    }

    Task Done(Owed owed) => tell(new Settled(new Settlement(owed.Id, time.GetUtcNow())));

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Debt} of parcel {Parcel} could not be done; it is tried again by the scan."
    )]
    partial void LogDebtFailed(Exception e, string debt, string parcel);
}
