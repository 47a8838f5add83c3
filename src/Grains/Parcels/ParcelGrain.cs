using System.Collections.Immutable;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Thin: load, decide, save, then drive what is in the outbox. Reentrant, so that calls share writes; deciding is synchronous,
/// every answer waits for its write, and only what is stored is driven. What can wait (<see cref="Urgency"/>) shares the
/// write of what comes next.
/// </summary>
[Reentrant]
public sealed class ParcelGrain : Grain, IParcelGrain
{
    readonly IPersistentState<StoredParcel> _stored;
    readonly ParcelRules _rules;
    readonly TimeProvider _time;
    readonly SharedWrite _write;
    readonly ParcelOutbox _outbox;
    ParcelState _saved;

    public ParcelGrain(
        [PersistentState("parcel", "parcels")] IPersistentState<StoredParcel> stored,
        ParcelRules rules,
        IOutboxDispatcher dispatch,
        IDocumentIndex index,
        TimeProvider time,
        ILogger<ParcelGrain> logger
    )
    {
        (_stored, _rules, _time) = (stored, rules, time);
        _saved = new ParcelState();
        _write = new SharedWrite(Save, DeactivateOnIdle, time);
        _outbox = new ParcelOutbox(
            Key,
            GrainFactory,
            dispatch,
            index,
            logger,
            () => Parcel,
            input => Apply([input])
        );
    }

    string Key => this.GetPrimaryKeyString();

    ParcelState Parcel => _stored.State.Parcel;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = Parcel;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(
        DeactivationReason reason,
        CancellationToken cancellationToken
    )
    {
        _outbox.End();
        try
        {
            await _write.Settled(atOnce: true);
        }
        catch (Exception) when (reason.ReasonCode != DeactivationReasonCode.Migrating)
        {
            // Told to whoever waits for it; what was not stored comes again. It must not travel to another silo.
        }
    }

    public async Task<ImmutableArray<SubmissionReply>> Submit(
        ImmutableArray<Submission> submissions,
        bool atOnce
    )
    {
        var decisions = await Apply([.. submissions.Select(s => new DocumentArrived(s))], atOnce);
        return [.. decisions.Select(d => d.Reply!)];
    }

    public async Task<ImmutableArray<ReceiptReply>> Receive(ImmutableArray<CustomsAnswer> answers)
    {
        var decisions = await Apply([.. answers.Select(a => new ReceiptArrived(a))]);
        return [.. decisions.Select(d => d.Receipt!)];
    }

    public Task PutOff(ImmutableArray<HandOn> handOns) => Apply([new HandOnsPutOff(handOns)]);

    public Task Complete(ImmutableArray<Completion> completions)
    {
        foreach (var completion in completions)
            _outbox.Completed(completion.EffectId);
        Apply([.. completions.Select(s => new EffectCompleted(s))]).Ignore();
        return Task.CompletedTask;
    }

    public Task Wake()
    {
        _outbox.Forget();
        return Apply([new Woken()]);
    }

    public async Task<bool> Ask() =>
        (await Apply([new AskNow()], atOnce: true))[0].State.Outbox.OfType<AskCustoms>().Any();

    public async Task<Problem?> Resend(DocumentType type, string? number)
    {
        _outbox.Forget(); // what was taken out by closing may come in again under its name
        return (await Apply([new ResendOrdered(type, number)], atOnce: true))[0].Refusal;
    }

    public async Task<Problem?> Close(string reason) =>
        (await Apply([new CloseOrdered(reason)], atOnce: true))[0].Refusal;

    public async Task<Problem?> Depart(DateTimeOffset leftAt) =>
        (await Apply([new GoodsDeparted(leftAt)], atOnce: true))[0].Refusal;

    public Task RefuseSignedMessage(string messageGuid, Problem problem) =>
        Apply([new SignedMessageRefused(messageGuid, problem)], atOnce: true);

    public Task RefuseFormat(ImmutableArray<string> effectIds, Problem? problem) =>
        Apply([new FormatRefused(effectIds, problem)], atOnce: true);

    public Task DissolveMessage(ImmutableArray<string> effectIds, Problem? problem)
    {
        foreach (var effectId in effectIds)
            _outbox.Completed(effectId);
        return Apply([new MessageDissolved(effectIds, problem)], atOnce: true);
    }

    public async Task<WaybillClaim> ClaimWaybill(DocumentKey waybill, string appTime, string guid) =>
        (await Apply([new WaybillClaimed(waybill, appTime, guid)], atOnce: true))[0].Claim;

    /// <summary>As it is stored: whoever looks makes no write.</summary>
    public Task<ParcelView?> Show() => Task.FromResult(ParcelViews.Show(_saved, _rules.CustomsPort));

    async Task<Decision[]> Apply(ParcelInput[] inputs, bool atOnce = false)
    {
        var decisions = new Decision[inputs.Length];
        var before = Parcel;
        // All of them or none: what an exception left behind would be answered later as if it were stored.
        var next = _stored.State;
        for (var i = 0; i < inputs.Length; i++)
        {
            decisions[i] = Parcels.Parcel.Decide(Key, next.Parcel, inputs[i], _rules, _time.GetUtcNow());
            next = next.After(decisions[i]);
        }
        _stored.State = next;

        await (
            ReferenceEquals(before, Parcel)
                ? _write.Settled(atOnce)
                : _write.Changed(atOnce ? TimeSpan.Zero : Urgency.Patience(before, Parcel, _rules.Options))
        );
        Drive();
        return decisions;
    }

    async Task Save()
    {
        var written = _stored.State;
        await _stored.WriteStateAsync();
        _stored.State = _stored.State.WithStored(written.Unstored.Length);
        _saved = written.Parcel;
    }

    /// <summary>Sets everything in the stored outbox going; a finished parcel leaves memory.</summary>
    void Drive()
    {
        _outbox.Drive(_saved);
        if (_saved.Exists && _saved.Outbox.Length == 0 && (_saved.IsClosed || HasEnded(_saved)))
            DeactivateOnIdle();
    }

    static bool HasEnded(ParcelState parcel) =>
        ParcelTable.IsDecided(parcel.Status)
        && (parcel.TaxBills.Length > 0 || parcel.Status != ParcelStatus.Released);
}
