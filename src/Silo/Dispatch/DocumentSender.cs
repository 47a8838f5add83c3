using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Signing;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Makes messages of documents: sized, signed, remembered (rule 3), and then on their way.</summary>
sealed class DocumentSender(
    DispatchOptions options,
    IParticipantRegistry participants,
    MessageGuids guids,
    Func<IMessageSigner> signer,
    IOutboundLog outbound,
    OutboundMessages messages,
    IDispatchGrains grains,
    ParcelNews news,
    TimeProvider time
)
{
    /// <summary>Sends gathered documents. Those that another message has go without; what cannot be sent is told to its parcel.</summary>
    public async Task Send(Gathered gathered, CancellationToken cancellationToken)
    {
        if (Refusal(gathered) is { } refusal)
        {
            await Refuse(gathered, refusal);
            return;
        }
        if (await Remembered(gathered, cancellationToken) is not { } row)
            return;

        var claim = await outbound.Claim(row, cancellationToken);
        if (claim.Message is { } claimed)
        {
            await messages.Finish(claimed, gathered.Tickets(), cancellationToken);
            return;
        }

        await messages.TellTaken(claim.Taken, gathered.Tickets(), cancellationToken);
        if (Without(gathered, claim) is { Documents.Length: > 0 } rest)
            await Send(rest, cancellationToken);
    }

    /// <summary>Sends a message that its participant signed, byte for byte.</summary>
    public async Task SendSigned(SendSignedMessage message, CancellationToken cancellationToken)
    {
        var row = new OutboundMessage(
            message.Id,
            message.MessageType,
            message.Sender,
            message.Members,
            message.Body,
            time.GetUtcNow()
        );
        var claim = await outbound.Claim(row, cancellationToken);
        if (claim.Message is { } claimed)
            await messages.Finish(claimed, OutboundMessages.NobodyWaits, cancellationToken);
        else
            await messages.TellTaken(claim.Taken, OutboundMessages.NobodyWaits, cancellationToken);

        // One that was dissolved knows, and stays refused.
        await grains.SignedMessage(message.Id).Sent();
    }

    /// <summary>What is known to be impossible before anything is claimed.</summary>
    Problem? Refusal(Gathered gathered) =>
        participants.Find(gathered.Sender) is null
            ? DispatchProblems.SenderUnknown(gathered.Type, gathered.Sender)
        : gathered.Bytes > options.DocumentBytes
            ? DispatchProblems.TooLarge(gathered.Type, gathered.Bytes, options.DocumentBytes)
        : null;

    /// <summary>The message as it is to be remembered; null when it cannot be signed, which its parcels are told.</summary>
    async Task<OutboundMessage?> Remembered(Gathered gathered, CancellationToken cancellationToken)
    {
        var sender = participants.Find(gathered.Sender)!;
        var message = Gathering.Message(gathered, sender, guids.Of(gathered.Documents));
        byte[] body;
        try
        {
            body = CebWriter.Write(message);
            if (sender.Signing != SigningMode.None)
                body = await signer().Sign(body, sender.Code, cancellationToken);
        }
        catch (UnknownSigningKeyException e)
        {
            await Refuse(gathered, DispatchProblems.NoSigningKey(gathered.Type, sender.Code, e.Message));
            return null;
        }
        return new OutboundMessage(
            message.Guid,
            message.Schema.Root,
            sender.Code,
            [.. gathered.Documents.Select(d => d.Member)],
            body,
            time.GetUtcNow()
        );
    }

    Task Refuse(Gathered gathered, Problem problem) =>
        news.Refused(gathered.Documents.Select(d => d.Member), problem);

    static Gathered Without(Gathered gathered, ClaimAnswer claim)
    {
        var taken = claim.Taken.Select(t => t.Member).ToHashSet();
        return gathered with { Documents = gathered.Documents.RemoveAll(d => taken.Contains(d.Member)) };
    }
}
