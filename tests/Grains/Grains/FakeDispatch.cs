using System.Collections.Concurrent;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Tests.Grains;

/// <summary>Takes what is in the outboxes of grains and does nothing with it.</summary>
sealed class FakeDispatch(Journal journal, string host) : IOutboxDispatcher
{
    readonly ConcurrentQueue<(string Key, Effect Effect, EffectTicket Ticket)> _handed = [];

    public bool TryTake(string key, Effect effect, EffectTicket ticket)
    {
        _handed.Enqueue((key, effect, ticket));
        journal.Add(host, $"handed {effect.Id}", key);
        return true;
    }

    /// <summary>Says on the tickets of an effect, as often as it was handed over so far, that it was done.</summary>
    public void Complete(string key, Completion completion)
    {
        foreach (var handed in _handed.Where(h => h.Key == key && h.Effect.Id == completion.EffectId))
            handed.Ticket.Complete(completion);
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
