using System.Collections.Immutable;

namespace ClearanceEngine.Storage;

/// <summary>
/// The memory of what leaves for customs: one row a message, written before the message is produced.
/// A document is in one live message only; whoever claims it second is told so.
/// </summary>
public interface IOutboundLog
{
    /// <summary>
    /// Stores the message if, and only if, none of its members is in another live message.
    /// Durable when the call returns. Claiming the same guid with the same members again is a repeat and succeeds.
    /// </summary>
    /// <returns>The members already claimed by another live message; empty means the message is stored and may be produced.</returns>
    Task<ImmutableArray<OutboundMember>> Claim(OutboundMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// The broker has the message and its parcels have stored that. Drops the body and frees the claims
    /// (from now on the parcels themselves know); the members stay readable by <see cref="Find"/>.
    /// </summary>
    Task Finished(string messageGuid, CancellationToken cancellationToken = default);

    /// <summary>Customs refused the message as a whole (CEB900): frees the claims so that members may go again in another message.</summary>
    Task Close(string messageGuid, CancellationToken cancellationToken = default);

    /// <summary>The message with its members (body only while unfinished); null when unknown.</summary>
    Task<OutboundMessage?> Find(string messageGuid, CancellationToken cancellationToken = default);

    /// <summary>Messages claimed before <paramref name="before"/> and not finished: after a crash they are produced again, byte for byte.</summary>
    Task<IReadOnlyList<OutboundMessage>> Unfinished(DateTimeOffset before, int limit, CancellationToken cancellationToken = default);
}

/// <summary>A message for customs.</summary>
/// <param name="Guid">Root guid of the CEB message.</param>
/// <param name="MessageType">For example <c>CEB621Message</c>.</param>
/// <param name="Sender">Code of the participant it is sent for.</param>
/// <param name="Members">The documents in it, in order.</param>
/// <param name="Body">The exact bytes to produce; empty once the message is finished. Encrypted at rest by the store.</param>
/// <param name="CreatedAt">When it was claimed.</param>
public sealed record OutboundMessage(
    string Guid,
    string MessageType,
    string Sender,
    ImmutableArray<OutboundMember> Members,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset CreatedAt);

/// <summary>One document of a message.</summary>
/// <param name="GrainKey">Key of the parcel that owes it.</param>
/// <param name="OwedId">Name of the debt inside that parcel: kind and revision, for example <c>list/2</c>.</param>
public readonly record struct OutboundMember(string GrainKey, string OwedId);
