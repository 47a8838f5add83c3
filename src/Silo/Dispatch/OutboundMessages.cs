using System.Collections.Frozen;
using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Brings claimed messages to their end: produced, or dissolved when the broker will never take them (rules 2 and 3).
/// Each step is stored before the next, so whoever finds the message after a crash goes on from there.
/// </summary>
sealed partial class OutboundMessages(
    IOutboundLog outbound,
    IKafkaProducer producer,
    IDispatchGrains grains,
    ParcelNews news,
    ILogger<OutboundMessages> logger
)
{
    /// <summary>Of a message that a participant signed, or that another silo or an earlier life of this one claimed.</summary>
    public static FrozenDictionary<OutboundMember, EffectTicket> NobodyWaits { get; } =
        FrozenDictionary<OutboundMember, EffectTicket>.Empty;

    /// <summary>Produces the message and tells its parcels; the same bytes under the same guid, however often.</summary>
    /// <param name="message">The message.</param>
    /// <param name="waiting">Tickets of its documents; parcels of the others are called.</param>
    /// <param name="cancellationToken">Ends it; it is brought to its end later.</param>
    /// <returns>Whether it left or was dissolved.</returns>
    /// <exception cref="KafkaUnavailableException">The broker is away: it is tried again later.</exception>
    public async Task<MessageFate> Finish(
        OutboundMessage message,
        IReadOnlyDictionary<OutboundMember, EffectTicket> waiting,
        CancellationToken cancellationToken
    )
    {
        if (message.Fate == MessageFate.Underway && !await Produce(message, cancellationToken))
            message = await Dissolve(message, cancellationToken);

        if (message.Fate == MessageFate.Dissolved)
            await Free(message, message.Members);
        else
            await news.Sent(message.Guid, message.Members, waiting);

        await outbound.Finished(message.Guid, cancellationToken);
        return message.Fate == MessageFate.Dissolved ? MessageFate.Dissolved : MessageFate.Sent;
    }

    /// <summary>
    /// Effects that were handed over and had been claimed before: where their message has ended and the parcel does not know,
    /// that got lost in a crash. What is still under way is produced again by the scan.
    /// </summary>
    public async Task TellTaken(
        IReadOnlyCollection<TakenMember> taken,
        IReadOnlyDictionary<OutboundMember, EffectTicket> waiting,
        CancellationToken cancellationToken
    )
    {
        foreach (var message in taken.GroupBy(t => (t.MessageGuid, t.Fate)))
        {
            var members = message.Select(t => t.Member);
            if (message.Key.Fate == MessageFate.Sent)
                await news.Sent(message.Key.MessageGuid, members, waiting);
            else if (message.Key.Fate == MessageFate.Dissolved)
                await FreeTaken(message.Key.MessageGuid, members, cancellationToken);
        }
    }

    /// <summary>False when the broker will never take it.</summary>
    async Task<bool> Produce(OutboundMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await producer.Produce(
                TopicNames.Outbound,
                Encoding.UTF8.GetBytes(message.Sender),
                message.Body,
                new Headers { { TopicNames.MessageHeader, Encoding.UTF8.GetBytes(message.Guid) } },
                cancellationToken
            );
        }
        catch (KafkaRefusedException e)
        {
            LogRefused(message.MessageType, message.Guid, message.Members.Length, e.Message);
            return false;
        }
        EngineMetrics.Sent(message.MessageType, message.Members.Length);
        return true;
    }

    /// <summary>Stored first: from then on nobody produces it, whatever the broker takes later.</summary>
    async Task<OutboundMessage> Dissolve(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (!await outbound.Dissolve(message.Guid, cancellationToken))
            return message with { Fate = MessageFate.Sent }; // another silo's try got through
        EngineMetrics.Dissolved(message.MessageType);
        return message with { Fate = MessageFate.Dissolved };
    }

    async Task FreeTaken(
        string messageGuid,
        IEnumerable<OutboundMember> members,
        CancellationToken cancellationToken
    )
    {
        if (await outbound.Find(messageGuid, cancellationToken) is { } message)
            await Free(message, members);
    }

    /// <summary>
    /// Documents that were gathered go again, each under a new name and alone, so in smaller messages. A document that was
    /// alone is at fault, and so are those of a message that its participant signed: its bytes go as they are or not at all.
    /// </summary>
    async Task Free(OutboundMessage message, IEnumerable<OutboundMember> members)
    {
        var problem = DispatchProblems.RefusedByBroker(Kind(message));
        var signed = await grains.SignedMessage(message.Guid).CannotLeave(problem);
        await news.Freed(members, signed || message.Members.Length == 1 ? problem : null);
    }

    static DocumentType Kind(OutboundMessage message) =>
        CebSchema.OfRoot(message.MessageType) is { } schema
        && DocumentTypes.OfMessage(schema.Type) is { } type
            ? type
            : DocumentType.DeclarationList;

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Message} {Guid} with {Members} documents is dissolved: {Reason} Its documents go in smaller messages or are refused. Lower Dispatch:MessageBytes, or raise max.message.bytes of the topic."
    )]
    partial void LogRefused(string message, string guid, int members, string reason);
}
