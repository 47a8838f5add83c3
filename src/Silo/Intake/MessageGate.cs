using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;

namespace ClearanceEngine.Silo.Intake;

/// <summary>A message that may come in: its sender is known, its signature in order.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who transmitted it.</param>
/// <param name="IsSigned">True when it carries a valid signature of its sender.</param>
/// <param name="Problems">What is wrong with each document by itself; in the order of the documents.</param>
sealed record AdmittedMessage(
    CebMessage Message,
    Participant Sender,
    bool IsSigned,
    ImmutableArray<ImmutableArray<Problem>> Problems
);

/// <summary>A message refused as a whole.</summary>
/// <param name="Reason">Problem code, for the dead letter.</param>
/// <param name="Text">What is wrong and what to do.</param>
/// <param name="Message">The message if it could be read.</param>
/// <param name="Receiver">The registered participant to be told; null when the sender is unknown.</param>
/// <param name="Field">The field at fault, where it is one.</param>
/// <param name="Unread">What is known of a message that could not be read.</param>
sealed record RefusedMessage(
    string Reason,
    string Text,
    CebMessage? Message,
    Participant? Receiver,
    string? Field = null,
    CebFormatException? Unread = null
);

/// <summary>Bytes to message: reading, sender, signature, entitlement, fields. No side effects.</summary>
sealed class MessageGate(
    IParticipantRegistry participants,
    ISigningCertificates certificates,
    PortOptions port
)
{
    /// <summary>Admits or refuses; exactly one of the two is not null.</summary>
    /// <param name="body">The message.</param>
    /// <param name="topic">Where it was.</param>
    /// <param name="arrived">When it was put there; a certificate that had ended by then does not count.</param>
    /// <param name="limits">What it may cost.</param>
    public (AdmittedMessage? Admitted, RefusedMessage? Refused) Check(
        ReadOnlyMemory<byte> body,
        string topic,
        DateTimeOffset arrived,
        CebLimits limits
    )
    {
        CebMessage message;
        try
        {
            message = CebParser.Read(body, limits);
        }
        catch (CebFormatException e)
        {
            return (
                null,
                new RefusedMessage(
                    e.Code,
                    e.Message,
                    null,
                    e.CopCode is null ? null : participants.Find(e.CopCode),
                    Unread: e
                )
            );
        }
        if (DocumentKinds.OfMessage(message.Type) is not { } kind)
            return Refuse(
                "not-a-declaration",
                $"{message.Schema.Root} 不是申报报文,请勿发送。{message.Schema.Root} is no declaration; participants send 311, 411, 511, 513, 621, 623, 625 and 711.",
                null
            );
        if (TopicNames.Of(message.Type) != topic)
            return Refuse(
                "wrong-topic",
                $"{message.Schema.Root} 应发送到 {TopicNames.Of(message.Type)}。{message.Schema.Root} does not belong on {topic}; send it to {TopicNames.Of(message.Type)}.",
                participants.Find(message.Transfer!.CopCode)
            );
        var sender = participants.Find(message.Transfer!.CopCode);
        if (EntitlementRules.CheckSender(sender, message.Transfer, kind) is { } unwanted)
            return Refuse(
                unwanted.Code,
                unwanted.Text,
                sender is { Active: true } ? sender : null,
                unwanted.Field
            );
        if (CebValidator.CheckFrame(message) is [var frame, ..])
            return Refuse(frame.Code, frame.Text, sender, frame.Field);

        var signature = message.IsSigned
            ? EnvelopedSignature.Verify(body)
            : new SignatureCheck(SignatureResult.None);
        if (signature.Result == SignatureResult.Invalid)
            return Refuse(
                "signature-invalid",
                $"签名(ds:Signature)验证未通过,请重新加签后发送:{Clip.To(signature.Reason!, 400)} Sign the message again, unchanged, and send it.",
                sender
            );
        if (signature.Certificate is { } certificate && !Speaks(certificate, sender!))
            return Refuse(
                "certificate-foreign",
                $"签名证书 {certificate.Serial} 未登记在企业 {sender!.Code} 名下,请登记或改用已登记的证书。The signature's certificate {certificate.Serial} is not registered for {sender.Code}; register it or sign with the registered one.",
                sender
            );
        if (signature.Certificate is { } dated && dated.NotAfter < arrived)
            return Refuse(
                "certificate-expired",
                $"签名证书 {dated.Serial} 已于 {CebTime.Format(dated.NotAfter)} 过期,请更换证书并重新加签。The signature's certificate {dated.Serial} ended at {CebTime.Format(dated.NotAfter)} (Beijing), and customs would refuse it; sign with the renewed one and register that.",
                sender
            );
        if (signature.Result == SignatureResult.None && sender!.MustSign)
            return Refuse(
                "signature-missing",
                $"企业 {sender.Code} 的报文必须加签,请加签后重新发送。Messages of {sender.Code} must be signed; sign the message (ds:Signature) and send it again.",
                sender
            );

        var guids = new HashSet<string>(StringComparer.Ordinal);
        var problems = message
            .Documents.Select(
                (d, i) =>
                {
                    var found = CebValidator.Check(d);
                    if (found.Count > 0)
                        return found.ToImmutableArray();
                    if (!guids.Add(d.Required(d.Schema.Head.Find("guid")!)))
                        return [RepeatedGuid(kind, i + 1)];
                    return EntitlementRules.CheckDocument(sender!, kind, d, port) is { } notEntitled
                        ? [notEntitled]
                        : ImmutableArray<Problem>.Empty;
                }
            )
            .ToImmutableArray();
        return (
            new AdmittedMessage(
                message with
                {
                    Documents = [.. message.Documents.Select(d => d.Bounded())],
                },
                sender!,
                signature.Result == SignatureResult.Valid,
                problems
            ),
            null
        );

        (AdmittedMessage?, RefusedMessage?) Refuse(
            string code,
            string text,
            Participant? receiver,
            string? field = null
        ) =>
            (
                null,
                new RefusedMessage(
                    code,
                    text,
                    message with
                    {
                        Documents = [.. message.Documents.Select(d => d.Bounded())],
                    },
                    receiver,
                    field
                )
            );
    }

    static Problem RepeatedGuid(DocumentKind kind, int number) =>
        new(
            "guid-repeated",
            kind,
            null,
            "guid",
            $"同一报文中第 {number} 份{kind.Chinese()}的 guid 与前面的重复,请换用新的 guid。Document {number} of the message has the guid of an earlier one; give each its own and send it again."
        );

    /// <summary>A certificate speaks for a participant if it is registered, or is that of the participant's key in our token.</summary>
    bool Speaks(SigningCertificate certificate, Participant sender)
    {
        foreach (var registered in sender.Certificates)
        {
            if (Convert.FromBase64String(registered).AsSpan().SequenceEqual(certificate.Der))
                return true;
        }
        return sender.Signing == SigningMode.Cloud
            && certificates.For(sender.Code)?.Der.AsSpan().SequenceEqual(certificate.Der) == true;
    }
}
