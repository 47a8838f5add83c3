using System.Collections.Immutable;
using ClearanceEngine.Storage;

namespace ClearanceEngine.SignedMessages;

/// <summary>Where a participant-signed message stands.</summary>
public enum SignedMessageStage
{
    /// <summary>Not all of its documents may leave yet.</summary>
    Gathering,

    /// <summary>All may leave; it is being produced.</summary>
    Leaving,

    Sent,

    /// <summary>A document was refused, it took too long, or the broker does not take it: none of it leaves.</summary>
    Refused,
}

/// <summary>A document in the message.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Guid">Its head guid (with the waybill number for lines of an inbound note).</param>
/// <param name="ParcelKey">Its parcel once that reported it.</param>
/// <param name="EffectId">The effect that it settles there.</param>
[GenerateSerializer, Immutable, Alias("clearance.signed.member")]
public sealed record SignedMember(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] string Guid,
    [property: Id(2)] string? ParcelKey = null,
    [property: Id(3)] string? EffectId = null
);

/// <summary>A message that its participant signed: it leaves byte for byte and as a whole, or not at all.</summary>
[GenerateSerializer, Alias("clearance.signed.state")]
public sealed record SignedMessage : IDueState, IRestingState
{
    [Id(0)]
    public string Guid { get; init; } = "";

    [Id(1)]
    public string MessageType { get; init; } = "";

    [Id(2)]
    public string Sender { get; init; } = "";

    /// <summary>The bytes as they came; dropped when sent.</summary>
    [Id(3)]
    public byte[] Body { get; init; } = [];

    [Id(4)]
    public ImmutableArray<SignedMember> Members { get; init; } = [];

    [Id(5)]
    public SignedMessageStage Stage { get; init; }

    [Id(6)]
    public Problem? Problem { get; init; }

    /// <inheritdoc/>
    [Id(7)]
    public DateTimeOffset? DueAt { get; init; }

    [Id(8)]
    public DateTimeOffset Deadline { get; init; }

    /// <summary>SHA-256 of the bytes as they came: another message under this guid is another message.</summary>
    [Id(9)]
    public byte[] Digest { get; init; } = [];

    public bool Exists => Guid.Length > 0;

    /// <inheritdoc/>
    public bool IsAtRest => Stage is SignedMessageStage.Sent or SignedMessageStage.Refused;

    /// <summary>A parcel reports that a document may leave. When it is the last one, the message leaves.</summary>
    public SignedMessage Ready(
        string documentGuid,
        string parcelKey,
        string effectId,
        DateTimeOffset now,
        TimeSpan redrive
    )
    {
        if (Stage is not SignedMessageStage.Gathering)
            return this;
        // The lines of an inbound note go to many parcels under one guid.
        if (Members.Any(m => m.Guid == documentGuid && m.ParcelKey == parcelKey))
            return this;
        if (Members.FirstOrDefault(m => m.Guid == documentGuid && m.ParcelKey is null) is not { } member)
            return this;
        var next = this with
        {
            Members = Members.Replace(member, member with { ParcelKey = parcelKey, EffectId = effectId }),
        };
        return next.Members.All(m => m.ParcelKey is not null)
            ? next with
            {
                Stage = SignedMessageStage.Leaving,
                DueAt = now + redrive,
            }
            : next;
    }

    /// <summary>Refuses the whole message, unless it is on its way already.</summary>
    public SignedMessage Refuse(Problem problem) => RefuseIn(SignedMessageStage.Gathering, problem);

    /// <summary>Refuses the whole message though all of it might leave: the broker does not take it.</summary>
    public SignedMessage CannotLeave(Problem problem) => RefuseIn(SignedMessageStage.Leaving, problem);

    SignedMessage RefuseIn(SignedMessageStage stage, Problem problem)
    {
        if (Stage != stage)
            return this;

        return this with
        {
            Stage = SignedMessageStage.Refused,
            Problem = problem,
            Body = [],
            DueAt = null,
        };
    }

    /// <summary>The broker has it and the parcels know. One that was refused stays so.</summary>
    public SignedMessage MarkSent() =>
        Stage == SignedMessageStage.Leaving
            ? this with
            {
                Stage = SignedMessageStage.Sent,
                Body = [],
                DueAt = null,
            }
            : this;
}
