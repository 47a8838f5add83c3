using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Streams.Kafka;

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
    ProblemCode Reason,
    string Text,
    CebMessage? Message,
    Participant? Receiver,
    string? Field = null,
    CebFormatException? Unread = null
);

/// <summary>Bytes to message: reading, sender, signature, entitlement, fields. No side effects.</summary>
sealed class Admission(
    IParticipantRegistry participants,
    ISigningCertificates certificates,
    CustomsPortOptions customsPort
)
{
    /// <summary>Admits or refuses; exactly one of the two is not null.</summary>
    /// <param name="body">The message.</param>
    /// <param name="origin">By which way it came.</param>
    /// <param name="arrived">When it was put there; a certificate that had ended by then does not count.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="cancellationToken">Ends the wait for the signing token.</param>
    /// <exception cref="PartAwayException">Only the signing token can tell whose the certificate is, and it does not answer.</exception>
    public async ValueTask<(AdmittedMessage? Admitted, RefusedMessage? Refused)> Check(
        ReadOnlyMemory<byte> body,
        RecordOrigin origin,
        DateTimeOffset arrived,
        CebLimits limits,
        CancellationToken cancellationToken = default
    )
    {
        if (Read(body, origin.Topic, limits, out var unread) is not { } message)
            return (null, unread);
        if (CheckOwner(message, origin.Topic) is { } forged)
            return (null, forged);
        if (CheckPlace(message, origin.Topic) is { } misplaced)
            return (null, misplaced);
        var type = DocumentTypes.OfMessage(message.Type)!.Value;
        var sender = participants.Find(message.Transfer!.CopCode);
        if (CheckSender(message, type, sender, limits) is { } unwanted)
            return (null, unwanted);

        var signature = message.IsSigned
            ? EnvelopedSignature.Verify(body)
            : new SignatureCheck(SignatureResult.None);
        var isOurs =
            signature is not { Result: SignatureResult.Valid, Certificate: { } certificate }
            || await Speaks(certificate, sender!, cancellationToken).ConfigureAwait(false);
        if (CheckSignature(message, sender!, signature, isOurs, arrived) is { } unsigned)
            return (null, unsigned);
        if (signature.Result == SignatureResult.None && sender!.NeedsSignature(origin.IsSenderKnown))
            return (null, SignatureMissing(message, sender));

        var isSigned = signature.Result == SignatureResult.Valid;
        var problems = CheckDocuments(message, type, sender!, isSigned);
        return (new AdmittedMessage(Bounded(WithoutEmpty(message)), sender!, isSigned, problems), null);
    }

    CebMessage? Read(
        ReadOnlyMemory<byte> body,
        DeclarationTopic topic,
        CebLimits limits,
        out RefusedMessage? refused
    )
    {
        try
        {
            refused = null;
            return CebParser.Read(body, limits);
        }
        catch (CebFormatException e)
        {
            var receiver = (topic.Owner ?? e.CopCode) is { } code ? participants.Find(code) : null;
            refused = new RefusedMessage(e.Code, e.Message, null, receiver, Unread: e);
            return null;
        }
    }

    /// <summary>
    /// Whoever may write to a participant's topic is that participant, whatever the message says. It is told, and never the company
    /// whose code was claimed: a forger could else make receipts for others.
    /// </summary>
    RefusedMessage? CheckOwner(CebMessage message, DeclarationTopic topic)
    {
        if (topic.Owner is not { } owner)
            return null;
        if (message.Transfer is not { CopCode: var claimed } || claimed == owner)
            return null;

        return Refusal(
            message,
            ProblemCode.TopicOfAnother,
            $"主题 {topic.Name} 属于企业 {owner}，报文的传输企业（copCode）却是 {Clip.Quote(claimed)}，未受理。The topic {topic.Name} is that of {owner}, but the message names {Clip.Quote(claimed)} as its sender (copCode); it was not taken. Each company sends on its own topics; who transmits for others names itself as copCode.",
            participants.Find(owner),
            "copCode"
        );
    }

    RefusedMessage? CheckPlace(CebMessage message, DeclarationTopic topic)
    {
        if (DocumentTypes.OfMessage(message.Type) is not { } type)
            return Refusal(
                message,
                ProblemCode.NotADeclaration,
                $"{message.Schema.Root} 不是申报报文，请勿发送。{message.Schema.Root} is no declaration; participants send 311, 411, 511, 513, 621, 623, 625 and 711.",
                null
            );
        var wanted = topic.OfType(type);
        if (wanted != topic)
            return Refusal(
                message,
                ProblemCode.WrongTopic,
                $"{message.Schema.Root} 应发送到 {wanted}。{message.Schema.Root} does not belong on {topic}; send it to {wanted}.",
                participants.Find(message.Transfer!.CopCode)
            );
        return null;
    }

    static RefusedMessage? CheckSender(
        CebMessage message,
        DocumentType type,
        Participant? sender,
        CebLimits limits
    )
    {
        if (EntitlementRules.CheckSender(sender, message.Transfer!, type) is { } unwanted)
            return Refusal(
                message,
                unwanted.Code,
                unwanted.Text,
                sender is { Active: true } ? sender : null,
                unwanted.Field
            );
        if (CebValidator.CheckFrame(message) is [var frame, ..])
            return Refusal(message, frame.Code, frame.Text, sender, frame.Field);
        if (CebValidator.CheckFrameSize(message, limits) is { } large)
            return Refusal(message, large.Code, large.Text, sender, large.Field);
        return null;
    }

    static RefusedMessage? CheckSignature(
        CebMessage message,
        Participant sender,
        SignatureCheck signature,
        bool isOurs,
        DateTimeOffset arrived
    )
    {
        if (signature.Result == SignatureResult.Invalid)
            return Refusal(
                message,
                ProblemCode.SignatureInvalid,
                $"签名（ds:Signature）验证未通过，请重新加签后发送：{Clip.To(signature.Reason!, 400)} Sign the message again, unchanged, and send it.",
                sender
            );
        if (!isOurs)
            return Refusal(
                message,
                ProblemCode.CertificateForeign,
                $"签名证书 {signature.Certificate!.Serial} 未登记在企业 {sender.Code} 名下，请登记或改用已登记的证书。The signature's certificate {signature.Certificate.Serial} is not registered for {sender.Code}; register it or sign with the registered one.",
                sender
            );
        if (signature.Certificate is { } dated && dated.NotAfter < arrived)
            return Refusal(
                message,
                ProblemCode.CertificateExpired,
                $"签名证书 {dated.Serial} 已于 {CebTime.Format(dated.NotAfter)} 过期，请更换证书并重新加签。The signature's certificate {dated.Serial} ended at {CebTime.Format(dated.NotAfter)} (Beijing), and customs would refuse it; sign with the renewed one and register that.",
                sender
            );
        return null;
    }

    static RefusedMessage SignatureMissing(CebMessage message, Participant sender) =>
        Refusal(
            message,
            ProblemCode.SignatureMissing,
            $"企业 {sender.Code} 由此途径发送的报文必须加签，请加签后重新发送；若贵企业未发送该报文，则有人冒用其编码，请告知口岸。Messages of {sender.Code} that come by this way must be signed; sign the message (ds:Signature) and send it again. If you did not send it, somebody uses your code: tell the port.",
            sender
        );

    /// <summary>What is wrong with each document by itself.</summary>
    ImmutableArray<ImmutableArray<Problem>> CheckDocuments(
        CebMessage message,
        DocumentType type,
        Participant sender,
        bool isSigned
    )
    {
        var guids = new HashSet<string>(message.Documents.Length, StringComparer.Ordinal);
        var how = new CebCheck(isSigned, customsPort.ExemptMayBeFilled);
        ImmutableArray<ImmutableArray<Problem>> problems =
        [
            .. message.Documents.Select((d, i) => CheckDocument(d, i + 1, type, sender, guids, how)),
        ];
        return isSigned ? CheckSigned(message, problems) : problems;
    }

    /// <summary>What is wrong with documents only because they leave in the message that their participant signed.</summary>
    static ImmutableArray<ImmutableArray<Problem>> CheckSigned(
        CebMessage message,
        ImmutableArray<ImmutableArray<Problem>> problems
    )
    {
        var repeats = new SignedRepeats();
        return [.. message.Documents.Select(Check)];

        ImmutableArray<Problem> Check(CebDocument document, int index) =>
            problems[index] is { IsEmpty: true } && repeats.Find(document, index + 1) is { } repeated
                ? [repeated]
                : problems[index];
    }

    ImmutableArray<Problem> CheckDocument(
        CebDocument document,
        int number,
        DocumentType type,
        Participant sender,
        HashSet<string> guids,
        CebCheck how
    )
    {
        var found = CebValidator.Check(document, how);
        if (found.Count > 0)
            return [.. found];
        if (!guids.Add(document.Required(document.Schema.Head.Find("guid")!)))
            return [RepeatedGuid(type, number)];
        return
            EntitlementRules.CheckDocument(sender, type, document, customsPort, participants)
                is { } notEntitled
            ? [notEntitled]
            : [];
    }

    static RefusedMessage Refusal(
        CebMessage message,
        ProblemCode code,
        string text,
        Participant? receiver,
        string? field = null
    ) => new(code, text, Bounded(message), receiver, field);

    /// <summary>As the documents leave where we make the message; what its participant signed leaves byte for byte.</summary>
    static CebMessage WithoutEmpty(CebMessage message) =>
        message with
        {
            Documents = [.. message.Documents.Select(d => d.WithoutEmpty())],
        };

    static CebMessage Bounded(CebMessage message) =>
        message with
        {
            Documents = [.. message.Documents.Select(d => d.Bounded())],
        };

    static Problem RepeatedGuid(DocumentType type, int number) =>
        new(
            ProblemCode.GuidRepeated,
            type,
            null,
            "guid",
            $"同一报文中第 {number} 份{type.Chinese()}的 guid 与前面的重复，请换用新的 guid。Document {number} of the message has the guid of an earlier one; give each its own and send it again."
        );

    /// <summary>A certificate speaks for a participant if it is registered, or is that of the participant's key in our token.</summary>
    async ValueTask<bool> Speaks(
        SigningCertificate certificate,
        Participant sender,
        CancellationToken cancellationToken
    )
    {
        if (sender.Certificates.Any(registered => IsSame(registered, certificate)))
            return true;
        if (sender.Signing != SigningMode.Cloud)
            return false;
        try
        {
            return await certificates
                .Belongs(sender.Code, certificate, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SigningUnavailableException e)
        {
            // Nothing is wrong with the message. It waits alone: other records do not need the token.
            throw new PartAwayException(
                "token",
                $"加签设备暂时无法确认签名证书 {certificate.Serial} 是否属于企业 {sender.Code}，报文将自动重试。The signing token cannot tell now whether certificate {certificate.Serial} is that of {sender.Code}; the message waits and is tried again by itself. Check the token ({e.Message}), or register the certificate with the participant.",
                e
            )
            {
                StopsReading = false,
            };
        }
    }

    static bool IsSame(string registered, SigningCertificate certificate) =>
        Convert.FromBase64String(registered).AsSpan().SequenceEqual(certificate.Der);
}
