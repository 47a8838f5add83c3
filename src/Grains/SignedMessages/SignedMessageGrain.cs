using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging;
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
    /// <summary>Keeps the bytes before its documents go to their parcels. Repeats change nothing; other bytes under the same guid are not kept.</summary>
    [Alias("hold")]
    Task<HeldAnswer> Hold(
        string messageType,
        string sender,
        byte[] body,
        ImmutableArray<SignedMember> members
    );

    /// <summary>A document may leave.</summary>
    [Alias("ready")]
    Task Ready(string documentGuid, string parcelKey, string effectId);

    /// <summary>
    /// A document was refused: so is the message, and every parcel that has a document of it is told, now or, after a crash, by the
    /// scan.
    /// </summary>
    /// <returns>Why the message is refused, now or before; null when it has left or is leaving.</returns>
    [Alias("refuse")]
    Task<Problem?> Refuse(Problem problem);

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
public sealed partial class SignedMessageGrain : Grain, ISignedMessageGrain
{
    readonly IPersistentState<SignedMessage> _stored;
    readonly IPersistentState<SignedBody> _body;
    readonly IOutboxDispatcher _dispatch;
    readonly SignedMessageOptions _options;
    readonly TimeProvider _time;
    readonly ILogger<SignedMessageGrain> _logger;
    readonly SharedWrite _write;
    SignedMessage _saved = new();

    public SignedMessageGrain(
        [PersistentState("signed-message", "parcels")] IPersistentState<SignedMessage> stored,
        [PersistentState("signed-body", "parcels")] IPersistentState<SignedBody> body,
        IOutboxDispatcher dispatch,
        SignedMessageOptions options,
        TimeProvider time,
        ILogger<SignedMessageGrain> logger
    )
    {
        _stored = stored;
        _body = body;
        _dispatch = dispatch;
        _options = options;
        _time = time;
        _logger = logger;
        _write = new SharedWrite(Save, DeactivateOnIdle);
    }

    /// <summary>When what was begun now and did not come to its end is taken up again.</summary>
    DateTimeOffset Redrive => _time.GetUtcNow() + _options.RedriveAfter;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _saved = _stored.State;
        return Task.CompletedTask;
    }

    public async Task<HeldAnswer> Hold(
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
            var known = _stored.State;
            if (!known.Digest.AsSpan().SequenceEqual(digest))
                return HeldAnswer.OtherContent;
            return known.Stage == SignedMessageStage.Refused ? HeldAnswer.Refused : HeldAnswer.Held;
        }
        _body.State = new SignedBody { Bytes = body };
        var deadline = _time.GetUtcNow() + _options.GatherFor;
        await Keep(
            new SignedMessage
            {
                Guid = GrainKey.Unescape(this.GetPrimaryKeyString()[2..]),
                MessageType = messageType,
                Sender = sender,
                Members = members,
                DueAt = deadline,
                Deadline = deadline,
                Digest = digest,
            }
        );
        return HeldAnswer.Held;
    }

    public async Task Ready(string documentGuid, string parcelKey, string effectId)
    {
        if (_stored.State is { Stage: SignedMessageStage.Refused } refused)
        {
            await _write.Settled();
            await TellRefused(refused, parcelKey);
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

    public async Task<Problem?> Refuse(Problem problem)
    {
        await Keep(_stored.State.Refuse(problem, Redrive));
        if (_saved is not { Stage: SignedMessageStage.Refused } refused)
            return null;
        await TellAllRefused(refused);
        return refused.Problem;
    }

    public async Task<bool> CannotLeave(Problem problem)
    {
        await Keep(_stored.State.CannotLeave(problem, Redrive));
        if (_saved is { Stage: SignedMessageStage.Refused } refused)
            await TellAllRefused(refused);
        return _saved.Exists;
    }

    public async Task Sent()
    {
        await Keep(_stored.State.MarkSent(Redrive));
        if (_saved.Stage == SignedMessageStage.Sent)
            await Keep(_stored.State.Rest());
    }

    public async Task Wake()
    {
        switch (_stored.State)
        {
            case { Stage: SignedMessageStage.Gathering } state when _time.GetUtcNow() >= state.Deadline:
                await Refuse(WaitedTooLong(state));
                break;
            case { Stage: SignedMessageStage.Leaving }:
                Leave();
                break;
            case { Stage: SignedMessageStage.Sent, DueAt: not null } state:
                await Keep(state.Rest());
                break;
            case { Stage: SignedMessageStage.Refused, DueAt: not null }:
                await TellAllRefused(_saved);
                break;
        }
    }

    /// <summary>Each by itself: one that cannot be told keeps none of the others waiting, and the message due.</summary>
    async Task TellAllRefused(SignedMessage refused)
    {
        var told = await Task.WhenAll(refused.Parcels.Select(parcel => TryTellRefused(refused, parcel)));
        if (told.All(isTold => isTold))
            await Keep(_stored.State.Rest());
    }

    async Task<bool> TryTellRefused(SignedMessage refused, string parcelKey)
    {
        try
        {
            await TellRefused(refused, parcelKey);
            return true;
        }
        catch (Exception e)
        {
            LogUntold(e, parcelKey, refused.Guid);
            return false;
        }
    }

    Task TellRefused(SignedMessage refused, string parcelKey) =>
        GrainFactory.Grain<IParcelGrain>(parcelKey).RefuseSignedMessage(refused.Guid, refused.Problem!);

    Problem WaitedTooLong(SignedMessage state) =>
        new(
            ProblemCode.MessageWaitedTooLong,
            state.Members[0].Type,
            null,
            null,
            $"报文在 {_options.GatherFor.TotalHours:0} 小时内未能整体发出（部分单证未匹配），请重新组织后发送。Not all documents of the signed message could leave within {_options.GatherFor.TotalHours:0} h; a signed message leaves as a whole. Send the good documents in a message of their own."
        );

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
                    _body.State.Bytes,
                    [.. s.Members.Select(m => new OutboundMember(m.ParcelKey!, m.EffectId!))]
                ),
                new EffectTicket() // it is told by Sent, whichever silo found the message
            );
    }

    /// <summary>The body is there before what speaks of it, and gone before that is at rest: no crash leaves one behind.</summary>
    async Task Save()
    {
        if (!_saved.Exists)
            await _body.WriteStateAsync();
        else if (_stored.State.IsAtRest && _body.RecordExists)
            await _body.ClearStateAsync();

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

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Parcel} could not be told that the signed message {Guid} is refused; it is told again by the scan."
    )]
    partial void LogUntold(Exception e, string parcel, string guid);
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
