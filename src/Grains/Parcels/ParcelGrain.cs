using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Thin: load, decide, save, then drive what is in the outbox. Reentrant, so that calls share writes; deciding is synchronous,
/// every answer waits for its write, and only what is stored is driven. What can wait (<see cref="Urgency"/>) shares the
/// write of what comes next. To which parcel of its order number something goes, <see cref="OrderStep"/> decides.
/// </summary>
[Reentrant]
public sealed partial class ParcelGrain : Grain, IParcelGrain
{
    readonly IPersistentState<StoredParcel> _stored;
    readonly ParcelRules _rules;
    readonly TimeProvider _time;
    readonly SharedWrite _write;
    readonly ParcelOutbox _outbox;
    readonly ILogger _logger;
    readonly string _orderNo;
    readonly List<Completion> _heard = [];
    bool _isEnding;
    OrderParcels _saved;

    public ParcelGrain(
        [PersistentState("parcel", "parcels")] IPersistentState<StoredParcel> stored,
        ParcelRules rules,
        IOutboxDispatcher dispatch,
        IDocumentIndex index,
        TimeProvider time,
        ILogger<ParcelGrain> logger
    )
    {
        _stored = stored;
        _rules = rules;
        _time = time;
        _logger = logger;
        _orderNo = GrainKey.OrderNoOf(Key) ?? throw new ArgumentException($"'{Key}' is no key of parcels.");
        _saved = new OrderParcels();
        _write = new SharedWrite(Save, DeactivateOnIdle, time);
        _outbox = new ParcelOutbox(
            Key,
            GrainFactory,
            dispatch,
            index,
            logger,
            () => Order,
            input => Apply([input]),
            Hear
        );
    }

    string Key => this.GetPrimaryKeyString();

    OrderParcels Order => _stored.State.Order;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = Order;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(
        DeactivationReason reason,
        CancellationToken cancellationToken
    )
    {
        if (_heard.Count > 0)
            Apply([]).Ignore(); // its write is waited for below
        _isEnding = true;
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
        var decisions = await Apply(
            [.. submissions.Select(s => new OrderInput(new DocumentArrived(s)))],
            atOnce
        );
        return [.. decisions.Select(d => d.Reply!)];
    }

    public async Task<ImmutableArray<ReceiptReply>> Receive(ImmutableArray<CustomsAnswer> answers)
    {
        var decisions = await Apply([.. answers.Select(a => new OrderInput(new ReceiptArrived(a)))]);
        return [.. decisions.Select(d => d.Receipt!)];
    }

    public Task PutOff(ImmutableArray<HandOn> handOns) => Apply([new(new HandOnsPutOff(handOns))]);

    public Task Complete(ImmutableArray<Completion> completions)
    {
        foreach (var completion in completions)
            _outbox.Completed(completion.EffectId);
        Apply([.. completions.Select(s => new OrderInput(new EffectCompleted(s)))]).Ignore();
        return Task.CompletedTask;
    }

    public Task Wake()
    {
        _outbox.Forget();
        return Apply([new(new Woken())]);
    }

    public async Task<bool> Ask(string ebpCode) =>
        (await Apply([new(new AskNow(), ebpCode)], atOnce: true))[0].State.Outbox.OfType<AskCustoms>().Any();

    public async Task<Problem?> Resend(string ebpCode, DocumentType type, string? number)
    {
        _outbox.Forget(); // what was taken out by closing may come in again under its name
        return (await Apply([new(new ResendOrdered(type, number), ebpCode)], atOnce: true))[0].Refusal;
    }

    public async Task<Problem?> Close(string ebpCode, string reason) =>
        (await Apply([new(new CloseOrdered(reason), ebpCode)], atOnce: true))[0].Refusal;

    public async Task<Problem?> Depart(string ebpCode, DateTimeOffset leftAt) =>
        (await Apply([new(new GoodsDeparted(leftAt), ebpCode)], atOnce: true))[0].Refusal;

    public Task RefuseSignedMessage(string messageGuid, Problem problem) =>
        Apply([new(new SignedMessageRefused(messageGuid, problem))], atOnce: true);

    public Task RefuseFormat(ImmutableArray<string> effectIds, Problem? problem) =>
        Apply([new(new FormatRefused(effectIds, problem))], atOnce: true);

    public Task DissolveMessage(ImmutableArray<string> effectIds, Problem? problem)
    {
        foreach (var effectId in effectIds)
            _outbox.Completed(effectId);
        return Apply([new(new MessageDissolved(effectIds, problem))], atOnce: true);
    }

    public async Task<WaybillClaim> ClaimWaybill(DocumentKey waybill, string appTime, string guid) =>
        (await Apply([new(new WaybillClaimed(waybill, appTime, guid))], atOnce: true))[0].Claim;

    /// <summary>As it is stored: whoever looks makes no write.</summary>
    public Task<ParcelView?> Show(string ebpCode, Audience audience) =>
        Task.FromResult(
            _saved[ebpCode] is { } parcel ? ParcelViews.Show(parcel, _rules.CustomsPort, audience) : null
        );

    public Task<ParcelView?> Find(ImmutableArray<string> names, Audience audience)
    {
        foreach (var name in names)
        {
            if (_saved.Parcels.FirstOrDefault(parcel => parcel.IndexKeys.Contains(name)) is { } parcel)
                return Task.FromResult(ParcelViews.Find(parcel, _rules.CustomsPort, audience, name));
        }
        return Task.FromResult<ParcelView?>(null);
    }

    public Task<bool> IsParty(string ebpCode, Audience audience) =>
        Task.FromResult(_saved[ebpCode] is { } parcel && ParcelViews.IsParty(parcel, audience));

    /// <summary>It was done: entered with what comes next, for then it costs no turn and no write of its own; or after a while.</summary>
    void Hear(Completion completion)
    {
        _heard.Add(completion);
        if (!Urgency.MayWait(completion, Order, _rules))
            Apply([]).Ignore();
        else if (_heard.Count == 1)
            EnterLater().Ignore();
    }

    async Task EnterLater()
    {
        await Task.Delay(_rules.Options.ReceiptsWait, _time);
        // An activation that has ended writes no more: another has the parcels.
        if (_heard.Count > 0 && !_isEnding)
            await Apply([], atOnce: true);
    }

    /// <summary>What was heard since comes first, for it was before.</summary>
    StoredParcel EnterHeard(StoredParcel next)
    {
        foreach (var completion in _heard)
        {
            try
            {
                next = next.After(Decide(next.Order, new OrderInput(new EffectCompleted(completion))));
            }
            catch (Exception e)
            {
                // It harms none of those that come with it: its effect stays in the outbox and is found to be done.
                LogNotEntered(e, completion.EffectId, Key);
            }
        }
        return next;
    }

    void ForgetHeard()
    {
        foreach (var completion in _heard)
            _outbox.Completed(completion.EffectId);
        _heard.Clear();
    }

    async Task<Decision[]> Apply(OrderInput[] inputs, bool atOnce = false)
    {
        var decisions = new Decision[inputs.Length];
        var before = Order;
        // All of them or none: what an exception left behind would be answered later as if it were stored.
        var next = EnterHeard(_stored.State);
        for (var i = 0; i < inputs.Length; i++)
        {
            var decision = Decide(next.Order, inputs[i]);
            decisions[i] = decision.Answer;
            next = next.After(decision);
        }
        _stored.State = next;
        ForgetHeard();

        await (
            ReferenceEquals(before, Order)
                ? _write.Settled(atOnce)
                : _write.Changed(atOnce ? TimeSpan.Zero : Urgency.Patience(before, Order, _rules.Options))
        );
        Drive();
        return decisions;
    }

    OrderDecision Decide(OrderParcels order, OrderInput input) =>
        OrderStep.Decide(_orderNo, order, input, _rules, _time.GetUtcNow());

    async Task Save()
    {
        var written = _stored.State;
        await _stored.WriteStateAsync();
        _stored.State = _stored.State.WithStored(written.Unstored.Length);
        _saved = written.Order;
    }

    /// <summary>Sets everything in the stored outboxes going; when all its parcels are finished, the grain leaves memory.</summary>
    void Drive()
    {
        _outbox.Drive(_saved);
        if (IsFinished())
            Leave().Ignore();
    }

    /// <summary>
    /// In a turn of its own, after the calls that came together: an activation that is leaving sends them on to the next, and
    /// what is sent on again and again is rejected. After a crash records of one finished parcel come at once.
    /// </summary>
    async Task Leave()
    {
        await Task.Yield();
        if (IsFinished())
            DeactivateOnIdle();
    }

    bool IsFinished() =>
        _saved.Unmatched.Length + _saved.Outbox.Length == 0
        && _saved.Parcels.Length > 0
        && _saved.Parcels.All(HasEnded);

    static bool HasEnded(ParcelState parcel)
    {
        if (parcel.Outbox.Length > 0)
            return false;
        return parcel.IsClosed
            || (
                ParcelTable.IsDecided(parcel.Status)
                && (parcel.TaxBills.Length > 0 || parcel.Status != ParcelStatus.Released)
            );
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "That {Effect} of {Parcel} was done cannot be entered; it stays in the outbox and is found to be done."
    )]
    partial void LogNotEntered(Exception e, string effect, string parcel);
}
