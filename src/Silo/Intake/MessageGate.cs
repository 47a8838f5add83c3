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
sealed record AdmittedMessage(CebMessage Message, Participant Sender, bool IsSigned, ImmutableArray<ImmutableArray<Problem>> Problems);

/// <summary>A message refused as a whole.</summary>
/// <param name="Reason">Problem code, for the dead letter.</param>
/// <param name="Text">What is wrong and what to do.</param>
/// <param name="Message">The message if it could be read.</param>
/// <param name="Receiver">The registered participant to be told; null when the sender is unknown.</param>
sealed record RefusedMessage(string Reason, string Text, CebMessage? Message, Participant? Receiver);

/// <summary>Bytes to message: reading, sender, signature, entitlement, fields. No side effects.</summary>
sealed class MessageGate(IParticipantRegistry participants, ISigningCertificates certificates, PortOptions port)
{
    /// <summary>Admits or refuses; exactly one of the two is not null.</summary>
    public (AdmittedMessage? Admitted, RefusedMessage? Refused) Check(ReadOnlyMemory<byte> body, string topic, CebLimits limits)
    {
        CebMessage message;
        try
        {
            message = CebParser.Read(body, limits);
        }
        catch (CebFormatException e)
        {
            return (null, new RefusedMessage(e.Code, e.Message, null, e.CopCode is null ? null : participants.Find(e.CopCode)));
        }
        if (DocumentKinds.OfMessage(message.Type) is not { } kind)
            return Refuse("not-a-declaration", $"{message.Schema.Root} 不是申报报文。{message.Schema.Root} is no declaration; participants send 311, 411, 511, 513, 621, 623, 625 and 711.", null);
        if (TopicNames.Of(message.Type) != topic)
            return Refuse("wrong-topic", $"{message.Schema.Root} 应发送到 {TopicNames.Of(message.Type)}。{message.Schema.Root} does not belong on {topic}; send it to {TopicNames.Of(message.Type)}.", participants.Find(message.Transfer!.CopCode));
        var sender = participants.Find(message.Transfer!.CopCode);
        if (EntitlementRules.CheckSender(sender, message.Transfer, kind) is { } unwanted) return Refuse(unwanted.Code, unwanted.Text, sender is { Active: true } ? sender : null);
        if (CebValidator.CheckFrame(message) is [var frame, ..]) return Refuse(frame.Code, frame.Text, sender);

        var signature = message.IsSigned ? EnvelopedSignature.Verify(body) : new SignatureCheck(SignatureResult.None);
        if (signature.Result == SignatureResult.Invalid) return Refuse("signature-invalid", $"签名验证未通过:{signature.Reason}", sender);
        if (signature.Certificate is { } certificate && !Speaks(certificate, sender!))
            return Refuse("certificate-foreign", $"签名证书 {certificate.Serial} 未登记在企业 {sender!.Code} 名下。The signature's certificate {certificate.Serial} is not registered for {sender.Code}; register it or sign with the registered one.", sender);
        if (signature.Result == SignatureResult.None && sender!.MustSign)
            return Refuse("signature-missing", $"企业 {sender.Code} 的报文必须加签。Messages of {sender.Code} must be signed.", sender);

        var problems = message.Documents.Select(d =>
        {
            var found = CebValidator.Check(d);
            if (found.Count > 0) return found.ToImmutableArray();
            return EntitlementRules.CheckDocument(sender!, kind, d, port) is { } notEntitled ? [notEntitled] : ImmutableArray<Problem>.Empty;
        }).ToImmutableArray();
        return (new AdmittedMessage(message, sender!, signature.Result == SignatureResult.Valid, problems), null);

        (AdmittedMessage?, RefusedMessage?) Refuse(string code, string text, Participant? receiver) => (null, new RefusedMessage(code, text, message, receiver));
    }

    /// <summary>A certificate speaks for a participant if it is registered, or is that of the participant's key in our token.</summary>
    bool Speaks(SigningCertificate certificate, Participant sender)
    {
        foreach (var registered in sender.Certificates)
        {
            if (Convert.FromBase64String(registered).AsSpan().SequenceEqual(certificate.Der)) return true;
        }
        return sender.Signing == SigningMode.Cloud && certificates.For(sender.Code)?.Der.AsSpan().SequenceEqual(certificate.Der) == true;
    }
}
