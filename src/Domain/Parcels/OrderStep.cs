using System.Collections.Immutable;
using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>
/// The pure core of an order number: gives each input to the parcel that it is for, and decides anew whose the waybills are. All
/// else a parcel decides by itself (<see cref="Parcel"/>), as if it were alone.
/// </summary>
public sealed partial class OrderStep
{
    readonly ImmutableArray<JournalEntry>.Builder _entries = ImmutableArray.CreateBuilder<JournalEntry>();
    readonly string _orderNo;
    readonly OrderParcels _before;
    readonly ParcelRules _rules;
    readonly DateTimeOffset _now;
    OrderParcels _state;

    OrderStep(string orderNo, OrderParcels before, ParcelRules rules, DateTimeOffset now)
    {
        _orderNo = orderNo;
        _before = before;
        _state = before;
        _rules = rules;
        _now = now;
    }

    /// <summary>Decides one input.</summary>
    /// <param name="orderNo">The order number.</param>
    /// <param name="state">Where its parcels stand.</param>
    /// <param name="input">What happens.</param>
    /// <param name="rules">What it is judged by.</param>
    /// <param name="now">When.</param>
    public static OrderDecision Decide(
        string orderNo,
        OrderParcels state,
        OrderInput input,
        ParcelRules rules,
        DateTimeOffset now
    )
    {
        var step = new OrderStep(orderNo, state, rules, now);
        var answer = input.EbpCode is { } ebpCode
            ? step.Decide(ebpCode, step.WithNeighbours(ebpCode, input.Input))
            : step.Take(input.Input);
        step.MatchWaybills();
        return new OrderDecision(step.Finish(), answer, step._entries.ToImmutable());
    }

    /// <summary>What tells by itself which parcel it is for.</summary>
    Decision Take(ParcelInput input) =>
        input switch
        {
            DocumentArrived { Submission: var submission } => Submit(submission),
            ReceiptArrived { Answer: var answer } => Receive(answer),
            HandOnsPutOff { HandOns: var handOns } => PutOff(handOns),
            EffectCompleted { Completion: var completion } => Complete(completion),
            FormatRefused { EffectIds: var ids } refused => OfEach(ids, own =>
                refused with
                {
                    EffectIds = own,
                }
            ),
            MessageDissolved { EffectIds: var ids } dissolved => OfEach(ids, own =>
                dissolved with
                {
                    EffectIds = own,
                }
            ),
            WaybillClaimed claimed => Claim(claimed),
            SignedMessageRefused refused => RefuseSignedMessage(refused),
            Woken => Wake(),
            _ => throw new ArgumentException($"{input.GetType().Name} is for one parcel.", nameof(input)),
        };

    Decision Decide(string ebpCode, ParcelInput input)
    {
        var parcel = _state[ebpCode];
        var name = new ParcelName(ebpCode, _orderNo);
        var decision = Parcel.Decide(name, parcel ?? ParcelState.Nothing, input, _rules, _now);
        if (decision.State.Exists && !ReferenceEquals(decision.State, parcel))
            _state = _state.With(decision.State);
        if (decision.Entry is { } entry)
            _entries.Add(entry with { EbpCode = ebpCode });
        return decision;
    }

    Decision Answer(SubmissionReply? reply = null) => new(ParcelState.Nothing, reply);

    /// <summary>To each parcel that has one of these effects.</summary>
    Decision OfEach(ImmutableArray<string> effectIds, Func<ImmutableArray<string>, ParcelInput> input)
    {
        foreach (
            var own in effectIds
                .Select(EffectName.Parse)
                .GroupBy(e => e.EbpCode, e => e.Id, StringComparer.Ordinal)
        )
        {
            if (_state[own.Key] is not null)
                Decide(own.Key, input([.. own]));
        }
        return Answer();
    }

    Decision Complete(Completion completion)
    {
        var effect = EffectName.Parse(completion.EffectId);
        if (_state[effect.EbpCode] is not null)
            return Decide(effect.EbpCode, new EffectCompleted(completion with { EffectId = effect.Id }));
        _state = _state with { Outbox = _state.Outbox.RemoveAll(receipt => receipt.Id == effect.Id) };
        return Answer();
    }

    /// <summary>To the parcels that have what it echoes; it is handed on for the first that takes it.</summary>
    Decision Receive(CustomsAnswer answer)
    {
        ImmutableArray<HandOn>? handOns = null;
        foreach (var parcel in ReceiptNames.Among(answer.Receipt, _state.Parcels))
        {
            var own = answer with { HandOn = answer.HandOn && handOns is null };
            var reply = Decide(parcel.EbpCode, new ReceiptArrived(own)).Receipt!;
            if (reply.IsTaken)
                handOns ??= reply.HandOns;
        }
        var together = handOns is { } due ? new ReceiptReply(IsTaken: true, due) : ReceiptReply.NotTaken;
        return Answer() with { Receipt = together };
    }

    /// <summary>Into the outbox of the parcel that had taken it.</summary>
    Decision PutOff(ImmutableArray<HandOn> handOns)
    {
        foreach (var handOn in handOns)
        {
            var takers = ReceiptNames.Among(handOn.Receipt, _state.Parcels);
            var parcel = takers.Concat(_state.Parcels).First();
            Decide(parcel.EbpCode, new HandOnsPutOff([handOn]));
        }
        return Answer();
    }

    Decision Claim(WaybillClaimed claimed)
    {
        foreach (var parcel in _state.Parcels)
        {
            var decision = Decide(parcel.EbpCode, claimed);
            if (decision.Claim != WaybillClaim.Free)
                return decision;
        }
        return Answer();
    }

    Decision Wake()
    {
        foreach (var parcel in _state.Parcels)
            Decide(parcel.EbpCode, new Woken());
        WakeUnmatched();
        return Answer();
    }

    OrderParcels Finish()
    {
        var isChanged = !_state.Outbox.Equals(_before.Outbox);
        var redriveAt = Redrive.Next(
            _state.RedriveAt,
            _state.Outbox.Length > 0,
            isChanged,
            _now,
            _rules.Options.RedriveAfter
        );
        return _state.RedriveAt == redriveAt ? _state : _state with { RedriveAt = redriveAt };
    }
}
