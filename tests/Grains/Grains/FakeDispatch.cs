using System.Collections.Concurrent;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Waiting;

namespace ClearanceEngine.Tests.Grains;

/// <summary>Takes what grains owe and does nothing with it.</summary>
sealed class FakeDispatch(Journal journal, string host) : IDispatch
{
    readonly ConcurrentQueue<(string Key, Owed Owed)> _handed = [];

    public bool TryHand(string parcelKey, Owed owed)
    {
        _handed.Enqueue((parcelKey, owed));
        journal.Add(host, $"handed {owed.Id}", parcelKey);
        return true;
    }

    /// <summary>Everything that a grain handed over, repeats included.</summary>
    public Owed[] Of(string key) => [.. _handed.Where(h => h.Key == key).Select(h => h.Owed)];
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
