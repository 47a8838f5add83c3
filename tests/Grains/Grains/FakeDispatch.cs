using System.Collections.Concurrent;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Tests.Grains;

/// <summary>Takes what is in the outboxes of grains and does nothing with it.</summary>
sealed class FakeDispatch(Journal journal, string host) : IOutboxDispatcher
{
    readonly ConcurrentQueue<(string Key, Effect Effect)> _handed = [];

    public bool TryTake(string parcelKey, Effect effect)
    {
        _handed.Enqueue((parcelKey, effect));
        journal.Add(host, $"handed {effect.Id}", parcelKey);
        return true;
    }

    /// <summary>Everything that a grain handed over, repeats included.</summary>
    public Effect[] Of(string key) => [.. _handed.Where(h => h.Key == key).Select(h => h.Effect)];
}

/// <summary>Takes receipts that nobody claimed, unless it is broken.</summary>
sealed class FakeUnclaimed : IUnclaimedReceipts
{
    public ConcurrentQueue<CebDocument> Parked { get; } = [];

    public bool Broken { get; set; }

    public Task Park(CebDocument receipt, DateTimeOffset since)
    {
        if (Broken)
            throw new IOException("no dead letters today");
        Parked.Enqueue(receipt);
        return Task.CompletedTask;
    }
}
