using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClearanceEngine.Access;
using ClearanceEngine.Parcels;
using ClearanceEngine.Recovery;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>Grains that write down what they are told. One that is broken throws, one that hangs never answers.</summary>
sealed class FakeGrains : IDispatchGrains
{
    readonly ConcurrentDictionary<string, FakeParcel> _parcels = [];
    readonly ConcurrentDictionary<string, FakeSignedMessage> _signed = [];

    /// <summary>Grains whose every call throws.</summary>
    public ConcurrentDictionary<string, bool> Broken { get; } = [];

    /// <summary>Grains that never answer.</summary>
    public ConcurrentDictionary<string, bool> Hanging { get; } = [];

    public ConcurrentQueue<string> Woken { get; } = [];

    public FakeParcel this[string key] => _parcels.GetOrAdd(key, k => new FakeParcel(this, k));

    public FakeSignedMessage Signed(string guid) => _signed.GetOrAdd(guid, _ => new FakeSignedMessage());

    public IParcelGrain Parcel(string key) => this[key];

    public ISignedMessageGrain SignedMessage(string guid) => Signed(guid);

    public IUnmatchedReceiptGrain UnmatchedReceipts(string name) => throw new NotSupportedException();

    public async Task Wake(string key)
    {
        Woken.Enqueue(key);
        await Answer(key);
    }

    /// <summary>How a lease is answered; without one a silo that is alone has everything.</summary>
    public Func<SliceSet, Task<SliceSet>> Lease { get; set; } = _ => Task.FromResult(SliceSet.All);

    public Task<SliceSet> RenewLease(string list, SliceSet busy, TimeSpan lease) => Lease(busy);

    public Task Answer(string key)
    {
        if (Hanging.ContainsKey(key))
            return new TaskCompletionSource().Task;
        return Broken.ContainsKey(key)
            ? Task.FromException(new InvalidDataException($"the state of {key} cannot be read"))
            : Task.CompletedTask;
    }
}

/// <summary>A parcel as the way out sees it.</summary>
sealed class FakeParcel(FakeGrains grains, string key) : IParcelGrain
{
    public ConcurrentQueue<Completion> Settled { get; } = [];

    /// <summary>Effects whose message was dissolved, with the problem that ends them; without one they go again.</summary>
    public ConcurrentQueue<(string EffectId, Problem? Problem)> Freed { get; } = [];

    /// <summary>Receipts that came into its outbox since they could not be handed on.</summary>
    public ConcurrentQueue<HandOn> KeptBack { get; } = [];

    /// <summary>Completions that came on a ticket.</summary>
    public ConcurrentQueue<Completion> Heard { get; } = [];

    /// <summary>A ticket of this parcel, which hears what is said on it.</summary>
    public EffectTicket Ticket()
    {
        var ticket = new EffectTicket();
        _ = Hear(ticket);
        return ticket;
    }

    async Task Hear(EffectTicket ticket)
    {
        if (await ticket.Outcome is { } completion)
            Heard.Enqueue(completion);
    }

    public async Task Complete(ImmutableArray<Completion> completions)
    {
        await grains.Answer(key);
        foreach (var completion in completions)
            Settled.Enqueue(completion);
    }

    public async Task DissolveMessage(ImmutableArray<string> effectIds, Problem? problem)
    {
        await grains.Answer(key);
        foreach (var id in effectIds)
            Freed.Enqueue((id, problem));
    }

    public Task Wake() => grains.Wake(key);

    public Task<ImmutableArray<SubmissionReply>> Submit(
        ImmutableArray<Submission> submissions,
        bool atOnce
    ) => throw new NotSupportedException();

    /// <summary>To whom a receipt of this parcel is due.</summary>
    public string Receiver { get; set; } = Given.Platform;

    /// <summary>Receipts that were stored here.</summary>
    public ConcurrentQueue<CustomsAnswer> Received { get; } = [];

    public async Task<ImmutableArray<ReceiptReply>> Receive(ImmutableArray<CustomsAnswer> answers)
    {
        await grains.Answer(key);
        foreach (var answer in answers)
            Received.Enqueue(answer);
        return
        [
            .. answers.Select(a => new ReceiptReply(
                IsTaken: true,
                a.HandOn ? [new HandOn(Receiver, a.Receipt)] : []
            )),
        ];
    }

    public async Task PutOff(ImmutableArray<HandOn> handOns)
    {
        await grains.Answer(key);
        foreach (var handOn in handOns)
            KeptBack.Enqueue(handOn);
    }

    public Task<bool> Ask(string ebpCode) => throw new NotSupportedException();

    public Task<Problem?> Resend(string ebpCode, DocumentType type, string? number) =>
        throw new NotSupportedException();

    public Task<Problem?> Close(string ebpCode, string reason) => throw new NotSupportedException();

    public Task<Problem?> Depart(string ebpCode, DateTimeOffset leftAt) => throw new NotSupportedException();

    public Task RefuseSignedMessage(string messageGuid, Problem problem) => throw new NotSupportedException();

    public Task RefuseFormat(ImmutableArray<string> effectIds, Problem? problem) =>
        throw new NotSupportedException();

    public Task<WaybillClaim> ClaimWaybill(DocumentKey waybill, string appTime, string guid) =>
        throw new NotSupportedException();

    public Task<ParcelView?> Show(string ebpCode, Audience audience) => throw new NotSupportedException();

    public Task<ParcelView?> Find(ImmutableArray<string> names, Audience audience) =>
        throw new NotSupportedException();

    public Task<bool> IsParty(string ebpCode, Audience audience) => throw new NotSupportedException();
}

/// <summary>A participant-signed message as the way out sees it: the real one's decisions, without its store.</summary>
sealed class FakeSignedMessage : ISignedMessageGrain
{
    public SignedMessage State { get; set; } = new();

    public ConcurrentQueue<string> Reported { get; } = [];

    public Task<bool> CannotLeave(Problem problem)
    {
        State = State.CannotLeave(problem, Given.Noon);
        return Task.FromResult(State.Exists);
    }

    public Task Sent()
    {
        State = State.MarkSent(Given.Noon);
        return Task.CompletedTask;
    }

    public Task Ready(string documentGuid, string parcelKey, string effectId)
    {
        Reported.Enqueue(effectId);
        return Task.CompletedTask;
    }

    public Task<HeldAnswer> Hold(
        string messageType,
        string sender,
        byte[] body,
        ImmutableArray<SignedMember> members
    ) => throw new NotSupportedException();

    public Task<Problem?> Refuse(Problem problem) => throw new NotSupportedException();

    public Task Wake() => throw new NotSupportedException();
}
