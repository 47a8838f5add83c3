using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace ClearanceEngine.SignedMessages;

/// <summary>How long a participant-signed message may gather.</summary>
public sealed class SignedMessageOptions
{
    /// <summary>A message of which not all documents could leave within this time is refused as a whole. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan GatherFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A message that should be sent and is not after this time is handed over again. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RedriveAfter { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A participant-signed message; key <see cref="GrainKey.SignedMessage"/>.</summary>
[Alias("clearance.signed")]
public interface ISignedMessageGrain : IGrainWithStringKey
{
    /// <summary>Keeps the bytes before its documents go to their parcels. Repeats change nothing; false for other bytes under the same guid, which are not kept.</summary>
    [Alias("hold")]
    Task<bool> Hold(string messageType, string sender, byte[] body, ImmutableArray<SignedMember> members);

    /// <summary>A document may leave.</summary>
    [Alias("ready")]
    Task Ready(string documentGuid, string parcelKey, string effectId);

    /// <summary>A document was refused: so is the message, and every parcel that waits for it is told.</summary>
    [Alias("refuse")]
    Task Refuse(Problem problem);

    /// <summary>The broker will never take the message. False when there is no such message of a participant.</summary>
    [Alias("cannot-leave")]
    Task<bool> CannotLeave(Problem problem);

    [Alias("sent")]
    Task Sent();

    [Alias("wake")]
    Task Wake();
}

/// <summary>Thin: the message decides, the store keeps, dispatch produces.</summary>
[Reentrant]
public sealed class SignedMessageGrain : Grain, ISignedMessageGrain
{
    readonly IPersistentState<SignedMessage> _stored;
    readonly IOutboxDispatcher _dispatch;
    readonly SignedMessageOptions _options;
    readonly TimeProvider _time;
    readonly SharedWrite _write;
    SignedMessage _saved = new();

    public SignedMessageGrain(
        [PersistentState("signed-message", "parcels")] IPersistentState<SignedMessage> stored,
        IOutboxDispatcher dispatch,
        IOptions<SignedMessageOptions> options,
        TimeProvider time
    )
    {
        (_stored, _dispatch, _options, _time) = (stored, dispatch, options.Value, time);
        _write = new SharedWrite(Save, DeactivateOnIdle);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = _stored.State;
        return Task.CompletedTask;
    }

    public async Task<bool> Hold(
        string messageType,
        string sender,
        byte[] body,
        ImmutableArray<SignedMember> members
    )
    {
        var digest = SHA256.HashData(body);
        if (_stored.State.Exists)
        {
            await _write.Settled();
            return _stored.State.Digest.AsSpan().SequenceEqual(digest);
        }
        var key = this.GetPrimaryKeyString();
        var deadline = _time.GetUtcNow() + _options.GatherFor;
        await Keep(
            new SignedMessage
            {
                Guid = GrainKey.Unescape(key[2..]),
                MessageType = messageType,
                Sender = sender,
                Body = body,
                Members = members,
                DueAt = deadline,
                Deadline = deadline,
                Digest = digest,
            }
        );
        return true;
    }

    public async Task Ready(string documentGuid, string parcelKey, string effectId)
    {
        if (_stored.State is { Stage: SignedMessageStage.Refused, Problem: { } problem } refused)
        {
            await _write.Settled();
            if (refused.Members.FirstOrDefault(m => m.Guid == documentGuid) is { } member)
                await GrainFactory
                    .Grain<IParcelGrain>(parcelKey)
                    .RefuseSignedMessage(member.Type, member.Guid, problem);
            return;
        }
        await Keep(
            _stored.State.Ready(documentGuid, parcelKey, effectId, _time.GetUtcNow(), _options.RedriveAfter)
        );
        Leave();
        await TellSent(parcelKey, effectId);
    }

    /// <summary>A parcel that still has in its outbox what was sent was told, and the news got lost in a crash.</summary>
    async Task TellSent(string parcelKey, string effectId)
    {
        if (_saved is not { Stage: SignedMessageStage.Sent } sent)
            return;
        if (sent.Members.Any(m => m.ParcelKey == parcelKey && m.EffectId == effectId))
            await GrainFactory
                .Grain<IParcelGrain>(parcelKey)
                .Complete([new Completion(effectId, _time.GetUtcNow(), sent.Guid)]);
    }

    public async Task Refuse(Problem problem)
    {
        var before = _stored.State;
        await Keep(before.Refuse(problem));
        if (_saved.Stage != SignedMessageStage.Refused)
            return;
        foreach (var member in before.Members.Where(m => m.ParcelKey is not null))
            await GrainFactory
                .Grain<IParcelGrain>(member.ParcelKey!)
                .RefuseSignedMessage(member.Type, member.Guid, problem);
    }

    public async Task<bool> CannotLeave(Problem problem)
    {
        await Keep(_stored.State.CannotLeave(problem));
        return _saved.Exists;
    }

    public Task Sent() => Keep(_stored.State.MarkSent());

    public async Task Wake()
    {
        var (state, now) = (_stored.State, _time.GetUtcNow());
        if (state.Stage == SignedMessageStage.Gathering && now >= state.Deadline)
        {
            await Refuse(
                new Problem(
                    "message-waited-too-long",
                    state.Members[0].Type,
                    null,
                    null,
                    $"报文在 {_options.GatherFor.TotalHours:0} 小时内未能整体发出（部分单证未匹配），请重新组织后发送。Not all documents of the signed message could leave within {_options.GatherFor.TotalHours:0} h; a signed message leaves as a whole. Send the good documents in a message of their own."
                )
            );
            return;
        }
        if (state.Stage == SignedMessageStage.Leaving)
        {
            await Keep(state with { DueAt = now + _options.RedriveAfter });
            Leave();
        }
    }

    /// <summary>Only what is stored leaves.</summary>
    void Leave()
    {
        if (_saved is { Stage: SignedMessageStage.Leaving } s)
            _dispatch.TryTake(
                this.GetPrimaryKeyString(),
                new SendSignedMessage(
                    s.Guid,
                    _time.GetUtcNow(),
                    s.MessageType,
                    s.Sender,
                    s.Body,
                    [.. s.Members.Select(m => new OutboundMember(m.ParcelKey!, m.EffectId!))]
                )
            );
    }

    async Task Save()
    {
        var state = _stored.State;
        await _stored.WriteStateAsync();
        _saved = state;
    }

    Task Keep(SignedMessage state)
    {
        if (ReferenceEquals(state, _stored.State))
            return _write.Settled();
        _stored.State = state;
        return _write.Changed();
    }
}

/// <summary>A participant-signed message that may leave, byte for byte. Id: its guid.</summary>
public sealed record SendSignedMessage(
    string Id,
    DateTimeOffset Since,
    string MessageType,
    string Sender,
    byte[] Body,
    ImmutableArray<OutboundMember> Members
) : Effect(Id, Since);
