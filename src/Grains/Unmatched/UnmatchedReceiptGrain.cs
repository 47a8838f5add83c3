using System.Collections.Immutable;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Unmatched;

/// <summary>Receipts that wait under one name.</summary>
[GenerateSerializer, Alias("clearance.waiting-receipt.state")]
public sealed record UnmatchedReceipts : IDueState
{
    [Id(0)]
    public ImmutableArray<CustomsAnswer> Answers { get; init; } = [];

    [Id(1)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>Looks so far; each waits twice as long as the one before.</summary>
    [Id(2)]
    public int Looks { get; init; }

    /// <inheritdoc/>
    [Id(3)]
    public DateTimeOffset? TimeDueAt { get; init; }

    /// <inheritdoc/>
    public DateTimeOffset? OutboxDueAt => null;
}

/// <summary>Thin: keep, look, hand over. No parcel looks for it: such receipts are rare, and the looks are cheap.</summary>
public sealed class UnmatchedReceiptGrain(
    [PersistentState("waiting-receipt", "parcels")] IPersistentState<UnmatchedReceipts> stored,
    IDocumentIndex index,
    IUnclaimedReceipts unclaimed,
    UnmatchedOptions options,
    TimeProvider time
) : Grain, IUnmatchedReceiptGrain
{
    public async Task Hold(CustomsAnswer answer)
    {
        if (stored.State.Answers.Any(a => a.Receipt.SameAs(answer.Receipt)))
            return;
        var now = time.GetUtcNow();
        if (stored.State.Answers.Length >= options.MostUnderOneName)
        {
            await unclaimed.Park(answer.Receipt, now);
            return;
        }
        await Keep(
            stored.State with
            {
                Answers = stored.State.Answers.Add(answer),
                Since = stored.State.Since ?? now,
                TimeDueAt = stored.State.TimeDueAt ?? now + options.FirstLook,
            }
        );
    }

    public async Task Wake()
    {
        var now = time.GetUtcNow();
        var left = stored.State.Answers;
        foreach (var answer in stored.State.Answers)
        {
            if (await Deliver(answer))
                left = left.Remove(answer);
            else if (now - stored.State.Since >= options.GiveUpAfter)
            {
                await unclaimed.Park(answer.Receipt, stored.State.Since!.Value);
                left = left.Remove(answer);
            }
        }
        if (left.Length == 0)
        {
            if (stored.RecordExists)
                await Write(stored.ClearStateAsync);
            DeactivateOnIdle();
            return;
        }
        await Keep(
            stored.State with
            {
                Answers = left,
                Looks = stored.State.Looks + 1,
                TimeDueAt = now + options.WaitAfter(stored.State.Looks + 1),
            }
        );
    }

    async Task<bool> Deliver(CustomsAnswer answer)
    {
        var names = ReceiptNames.Of(answer.Receipt).Where(name => !ReceiptNames.IsParcel(name));
        var parcels = ReceiptNames.Parcels(answer.Receipt, await index.Find([.. names], fresh: true));
        if (await ReceiptDelivery.Deliver(answer, parcels, GrainFactory.Grain<IParcelGrain>) is not { } due)
            return false;
        // No record answers for it any more, so its parcel does: what was stored here is forgotten after that.
        foreach (var parcel in due.GroupBy(d => d.Parcel, d => d.HandOn, StringComparer.Ordinal))
            await GrainFactory.Grain<IParcelGrain>(parcel.Key).PutOff([.. parcel]);
        return true;
    }

    Task Keep(UnmatchedReceipts state)
    {
        stored.State = state;
        return Write(stored.WriteStateAsync);
    }

    /// <summary>After a failed write memory is ahead of the store: the activation ends.</summary>
    async Task Write(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
