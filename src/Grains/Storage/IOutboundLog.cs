using System.Collections.Immutable;

namespace ClearanceEngine.Storage;

/// <summary>
/// The memory of what leaves for customs: one row a message, written before the message is produced. An effect leaves in one
/// message only, once and for all: whoever hands it over again, however late, is told that it is taken. What must go
/// again (a new revision, a resend) is an effect with another name.
/// </summary>
public interface IOutboundLog
{
    /// <summary>
    /// Stores the message if, and only if, none of its members was claimed by another one. Durable when the call returns.
    /// A repeat (same guid, same members) gets the message as it was stored first, or nothing once it has left or is dissolved.
    /// </summary>
    /// <exception cref="InvalidOperationException">The guid names a message with other members.</exception>
    Task<ClaimAnswer> Claim(OutboundMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// There is nothing more to do for the message: the broker has it and its parcels know, or customs refused
    /// it as a whole (CEB900). Drops the body; the claims stay, and the members stay readable by <see cref="Find"/>.
    /// </summary>
    Task Finished(string messageGuid, CancellationToken cancellationToken = default);

    /// <summary>
    /// The broker will never take the message: from now on nobody produces it. It stays unfinished until its parcels know
    /// and <see cref="Finished"/> says so. The claims stay: what goes again is an effect with another name. Durable when the
    /// call returns; a repeat changes nothing.
    /// </summary>
    /// <returns>False when it is unknown or has left already: then nothing may go again.</returns>
    Task<bool> Dissolve(string messageGuid, CancellationToken cancellationToken = default);

    /// <summary>The message with its members (body only while it is unfinished); null when unknown.</summary>
    /// <exception cref="InvalidDataException">Its body cannot be decrypted; other messages are not concerned.</exception>
    Task<OutboundMessage?> Find(string messageGuid, CancellationToken cancellationToken = default);

    /// <summary>
    /// Messages claimed before <paramref name="before"/> and not finished, oldest first: after a crash they are produced again,
    /// byte for byte. Names only, so that one that cannot be read does not hide the others.
    /// </summary>
    /// <param name="before">Claimed before this.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">Most on a page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<UnfinishedMessage>> Unfinished(
        DateTimeOffset before,
        UnfinishedMessage? after,
        int limit,
        CancellationToken cancellationToken = default
    );
}

/// <summary>What became of a message for customs.</summary>
public enum MessageFate
{
    /// <summary>It is to be produced.</summary>
    Underway,

    /// <summary>The broker has it.</summary>
    Sent,

    /// <summary>The broker refused it: it never leaves, and its documents go under other names or not at all.</summary>
    Dissolved,
}

/// <summary>Name of a message that was claimed and is not finished.</summary>
public sealed record UnfinishedMessage(string Guid, DateTimeOffset CreatedAt);

/// <summary>What became of a claim.</summary>
/// <param name="Message">The message to produce; null when nothing may be produced.</param>
/// <param name="Taken">Members that went, or will go, in another message, or with this one before.</param>
public sealed record ClaimAnswer(OutboundMessage? Message, ImmutableArray<TakenMember> Taken);

/// <summary>A document that another claim has.</summary>
/// <param name="Member">The document.</param>
/// <param name="MessageGuid">The message that has it.</param>
/// <param name="Fate">What became of that message; while it is under way, it is produced again.</param>
public readonly record struct TakenMember(OutboundMember Member, string MessageGuid, MessageFate Fate);

/// <summary>A message for customs.</summary>
/// <param name="Guid">Root guid of the CEB message.</param>
/// <param name="MessageType">For example <c>CEB621Message</c>.</param>
/// <param name="Sender">Code of the participant it is sent for.</param>
/// <param name="Members">The documents in it, in order.</param>
/// <param name="Body">The exact bytes to produce; empty once the message is finished. Encrypted at rest by the store.</param>
/// <param name="CreatedAt">When it was claimed.</param>
/// <param name="Fate">What became of it.</param>
public sealed record OutboundMessage(
    string Guid,
    string MessageType,
    string Sender,
    ImmutableArray<OutboundMember> Members,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset CreatedAt,
    MessageFate Fate = MessageFate.Underway
);

/// <summary>One document of a message.</summary>
/// <param name="GrainKey">Key of the parcel in whose outbox it is.</param>
/// <param name="EffectId">Name of the effect inside that parcel: kind and revision, for example <c>list/2</c>.</param>
public readonly record struct OutboundMember(string GrainKey, string EffectId);
