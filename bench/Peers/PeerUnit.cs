using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using Npgsql;

namespace ClearanceEngine.Bench.Peers;

/// <summary>An input on its way to a parcel.</summary>
readonly record struct Addressed(string Parcel, ParcelInput Input);

/// <summary>
/// A unit of work: inputs, the parcels and subscribers that they touch, one transaction. Everything in the outbox of a parcel
/// and that needs nobody else is done in it; receipts leave before the commit (a crash repeats them, and they are
/// recognisable), documents after it.
/// </summary>
sealed class PeerUnit(PeerTables tables, ParcelRules rules, QuotaLedger ledger)
{
    readonly Dictionary<string, ParcelState> _parcels = new(StringComparer.Ordinal);
    readonly Dictionary<string, ParcelState> _before = new(StringComparer.Ordinal);
    readonly Dictionary<string, QuotaState> _subscribers = new(StringComparer.Ordinal);

    (string Name, byte[] Content)[] _early = [];

    /// <summary>Receipts to produce before the commit.</summary>
    public List<HandOn> Receipts { get; } = [];

    /// <summary>Documents to send after it.</summary>
    public List<(string Parcel, DispatchDocument Effect)> Documents { get; } = [];

    /// <summary>Decides all inputs, and lines of inbound notes that found no parcel; nothing is saved yet.</summary>
    public async Task Decide(
        NpgsqlConnection connection,
        IReadOnlyCollection<Addressed> inputs,
        IReadOnlyCollection<(string Name, byte[] Content)> early
    )
    {
        foreach (
            var (key, state) in await tables.Load<ParcelState>(
                connection,
                "parcel",
                inputs.Select(i => i.Parcel)
            )
        )
            _before[key] = _parcels[key] = state;
        foreach (var (parcel, input) in inputs)
            Apply(parcel, input);
        // Waybills and lists give their parcels names by which inbound notes that came before find them.
        var fresh = _parcels
            .SelectMany(p =>
                Added(p.Key)
                    .Where(n => n.StartsWith("wb/", StringComparison.Ordinal))
                    .Select(n => (Name: n, p.Key))
            )
            .ToDictionary(n => n.Name, n => n.Key, StringComparer.Ordinal);
        await PeerTables.Hold(connection, fresh.Keys);
        // The parcel may have come with the very records that brought the line.
        var kept = early.ToLookup(e => fresh.ContainsKey(e.Name));
        _early = [.. kept[false]];
        foreach (var (name, content) in kept[true].Concat(await PeerTables.TakeEarly(connection, fresh.Keys)))
            Apply(fresh[name], new DocumentArrived(PeerIntake.ReadEarly(content)));

        string[] buyers =
        [
            .. _parcels
                .Values.SelectMany(p => p.Outbox.OfType<ChangeQuota>())
                .Select(q => GrainKey.Subscriber(q.Subscriber)),
        ];
        foreach (var (key, state) in await tables.Load<QuotaState>(connection, "subscriber", buyers))
            _subscribers[key] = state;
        foreach (var key in _parcels.Keys.ToArray())
        {
            // Here all rows of a parcel's neighbours are held, so a look finds nobody else.
            while (_parcels[key].Outbox.FirstOrDefault(e => e is ChangeQuota or SeekUnmatched) is { } own)
                Apply(key, own is ChangeQuota quota ? Do(key, quota) : new Sought(own.Id, [], []));
            foreach (var effect in _parcels[key].Outbox)
            {
                if (effect is DispatchDocument document)
                {
                    if (!_before[key].Outbox.Any(o => o.Id == effect.Id))
                        Documents.Add((key, document));
                    continue;
                }
                if (effect is ForwardReceipt receipt)
                    Receipts.Add(new HandOn(receipt.Receiver, receipt.Receipt));
                Apply(key, new EffectCompleted(new Completion(effect.Id, DateTimeOffset.UtcNow)));
            }
        }
    }

    public Task Save(NpgsqlConnection connection) =>
        tables.Save(
            connection,
            _parcels
                .Where(p => !ReferenceEquals(p.Value, _before[p.Key]))
                .ToDictionary(StringComparer.Ordinal),
            _subscribers,
            [.. _parcels.Keys.SelectMany(k => Added(k).Select(n => (n, k)))],
            _early
        );

    IEnumerable<string> Added(string key) =>
        _parcels[key].Exists
            ? _parcels[key]
                .IndexKeys.Except(_before[key].Exists ? _before[key].IndexKeys : [], StringComparer.Ordinal)
            : [];

    void Apply(string key, ParcelInput input)
    {
        var decision = Parcel.Decide(NameOf(key), _parcels[key], input, rules, DateTimeOffset.UtcNow);
        _parcels[key] = decision.State;
        if (decision.Receipt is { } reply)
            Receipts.AddRange(reply.HandOns);
    }

    static ParcelName NameOf(string key) => new(SampleParcel.Platform, GrainKey.OrderNoOf(key)!);

    ParcelInput Do(string key, ChangeQuota effect)
    {
        var (subscriber, id, now) = (
            GrainKey.Subscriber(effect.Subscriber),
            NameOf(key).Reservation(effect.Attempt),
            DateTimeOffset.UtcNow
        );
        var state = _subscribers[subscriber];
        if (effect.Step == QuotaStep.Reserve)
        {
            (_subscribers[subscriber], var answer) = ledger.Reserve(
                state,
                id,
                effect.Replaces == 0 ? null : NameOf(key).Reservation(effect.Replaces),
                effect.AmountFen,
                effect.Year,
                now
            );
            return new ReserveAnswered(effect.Attempt, answer);
        }
        _subscribers[subscriber] =
            effect.Step == QuotaStep.Post
                ? ledger.Post(state, id, effect.AmountFen, effect.Year, now)
                : ledger.Void(state, id, now);
        return new QuotaStepDone(effect.Id, effect.Step, effect.Attempt, effect.AmountFen);
    }
}
