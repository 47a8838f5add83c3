namespace ClearanceEngine.Parcels;

/// <summary>
/// The pure core of a parcel: state, input, rules and time in, next state out. No clock, no random, no I/O, so the
/// same core serves live traffic, replay and simulation.
/// </summary>
public static class Parcel
{
    /// <summary>Decides one input.</summary>
    /// <param name="name">What the parcel is called.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="input">What happens.</param>
    /// <param name="rules">What it is judged by.</param>
    /// <param name="now">When.</param>
    public static Decision Decide(
        ParcelName name,
        ParcelState state,
        ParcelInput input,
        ParcelRules rules,
        DateTimeOffset now
    )
    {
        var step = new ParcelStep(name, state, rules, now);
        var decision = input switch
        {
            DocumentArrived { Submission: var submission } => new Decision(state, step.Submit(submission)),
            ReceiptArrived { Answer: var answer } => new Decision(state, Receipt: step.Take(answer)),
            HandOnsPutOff { HandOns: var handOns } => step.Run(() => step.PutOff(handOns)),
            EffectCompleted { Completion: var completion } => step.Run(() => step.Complete(completion)),
            ReserveAnswered answered => step.Run(() => step.ReserveAnswered(answered)),
            QuotaStepDone done => step.Run(() => step.QuotaDone(done)),
            Woken => step.Run(step.Wake),
            AskNow => step.Run(step.AskNow),
            ResendOrdered ordered => new Decision(state, Refusal: step.ResendByOrder(ordered)),
            CloseOrdered { Reason: var reason } => new Decision(state, Refusal: step.Close(reason)),
            GoodsDeparted { At: var at } => new Decision(state, Refusal: step.Depart(at)),
            SignedMessageRefused refused => step.Run(() => step.RefuseSignedMessage(refused)),
            FormatRefused refused => step.Run(() => step.RefuseFormat(refused)),
            MessageDissolved dissolved => step.Run(() => step.DissolveMessage(dissolved)),
            WaybillClaimed claimed => new Decision(state, Claim: step.Claim(claimed)),
            Sought sought => step.Run(() => step.TakeWhatWasSought(sought)),
            WaybillMovedAway moved => step.Run(() => step.MoveAway(moved.Waybill)),
            WaybillMovedHere moved => step.Run(() => step.MoveHere(moved)),
            _ => throw new ArgumentException($"Unknown input {input.GetType().Name}.", nameof(input)),
        };
        var next = step.Finish();
        return Journaling.Enter(decision, state, next, new JournalEntry(now, input, step.Entered));
    }
}
