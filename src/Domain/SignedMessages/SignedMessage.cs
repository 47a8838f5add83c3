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

/// <summary>What became of a message that was to be held.</summary>
public enum HeldAnswer
{
    /// <summary>It is held, now or before; it may have left.</summary>
    Held,

    /// <summary>It was refused before.</summary>
    Refused,

    /// <summary>Its guid was used for a message with other bytes; it is not held.</summary>
    OtherContent,
}

/// <summary>A document in the message.</summary>
/// <param name="Type">Which document.</param>
/// <param name="Guid">Its head guid; the lines of an inbound note, each a member, share it.</param>
/// <param name="ParcelKey">Its parcel; null as long as that is not known.</param>
/// <param name="EffectId">The effect by which it leaves there, once it may.</param>
[GenerateSerializer, Immutable, Alias("clearance.signed.member")]
public sealed record SignedMember(
    [property: Id(0)] DocumentType Type,
    [property: Id(1)] string Guid,
    [property: Id(2)] string? ParcelKey = null,
    [property: Id(3)] string? EffectId = null
)
{
    public bool IsReady => EffectId is not null;
}

/// <summary>
/// The bytes of a signed message as they came, in a row of their own: written once, whatever its documents report, and deleted
/// when the message has left or is refused. From its claim on the log of messages has what left.
/// </summary>
[GenerateSerializer, Immutable, Alias("clearance.signed.body")]
public sealed record SignedBody
{
    [Id(0)]
    public byte[] Bytes { get; init; } = [];
}

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

    [Id(3)]
    public ImmutableArray<SignedMember> Members { get; init; } = [];

    [Id(4)]
    public SignedMessageStage Stage { get; init; }

    [Id(5)]
    public Problem? Problem { get; init; }

    /// <inheritdoc/>
    [Id(6)]
    public DateTimeOffset? DueAt { get; init; }

    /// <inheritdoc/>
    public DateTimeOffset? OutboxDueAt => Stage is SignedMessageStage.Gathering ? null : DueAt;

    /// <inheritdoc/>
    public DateTimeOffset? TimeDueAt => Stage is SignedMessageStage.Gathering ? DueAt : null;

    [Id(7)]
    public DateTimeOffset Deadline { get; init; }

    /// <summary>SHA-256 of the bytes as they came: another message under this guid is another message.</summary>
    [Id(8)]
    public byte[] Digest { get; init; } = [];

    public bool Exists => Guid.Length > 0;

    /// <summary>It has left, or never will.</summary>
    public bool HasEnded => Stage is SignedMessageStage.Sent or SignedMessageStage.Refused;

    /// <inheritdoc/>
    public bool IsAtRest => HasEnded && DueAt is null;

    /// <summary>The parcels that are known to have documents of it.</summary>
    public IEnumerable<string> Parcels =>
        Members.Select(m => m.ParcelKey).OfType<string>().Distinct(StringComparer.Ordinal);

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
        if (Members.Any(m => m.Guid == documentGuid && m.ParcelKey == parcelKey && m.IsReady))
            return this;
        if (Reporting(documentGuid, parcelKey) is not { } member)
            return this;
        var next = this with
        {
            Members = Members.Replace(member, member with { ParcelKey = parcelKey, EffectId = effectId }),
        };
        return next.Members.All(m => m.IsReady)
            ? next with
            {
                Stage = SignedMessageStage.Leaving,
                DueAt = now + redrive,
            }
            : next;
    }

    /// <summary>Refuses the whole message, unless it is on its way already. It stays due until all its parcels know.</summary>
    public SignedMessage Refuse(Problem problem, DateTimeOffset due) =>
        RefuseIn(SignedMessageStage.Gathering, problem, due);

    /// <summary>Refuses the whole message though all of it might leave: the broker does not take it.</summary>
    public SignedMessage CannotLeave(Problem problem, DateTimeOffset due) =>
        RefuseIn(SignedMessageStage.Leaving, problem, due);

    /// <summary>The broker has it and the parcels know. One that was refused stays so.</summary>
    public SignedMessage MarkSent(DateTimeOffset due) =>
        Stage == SignedMessageStage.Leaving
            ? this with
            {
                Stage = SignedMessageStage.Sent,
                DueAt = due,
            }
            : this;

    /// <summary>It has ended, and nothing is left to be done for it.</summary>
    public SignedMessage Rest() => HasEnded && DueAt is not null ? this with { DueAt = null } : this;

    SignedMessage RefuseIn(SignedMessageStage stage, Problem problem, DateTimeOffset due)
    {
        if (!Exists || Stage != stage)
            return this;

        return this with
        {
            Stage = SignedMessageStage.Refused,
            Problem = problem,
            DueAt = due,
        };
    }

    /// <summary>The member that a parcel speaks of: the one that was sent there, or one that came there by a detour.</summary>
    SignedMember? Reporting(string documentGuid, string parcelKey) =>
        Members
            .Where(m => m.Guid == documentGuid && !m.IsReady)
            .MinBy(m =>
                m.ParcelKey == parcelKey ? 0
                : m.ParcelKey is null ? 1
                : 2
            );
}
