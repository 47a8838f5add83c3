using ClearanceEngine.Ceb;

namespace ClearanceEngine.Receipts;

/// <summary>Receipts that this engine gives itself: the official negative code that fits, our own text, a guid that repeats.</summary>
public static class OwnReceipt
{
    /// <summary>returnInfo holds at most this many characters.</summary>
    const int InfoLimit = 1000;

    /// <summary>RFC 9562 leaves this version to whoever makes one, so customs makes none. It stands here in the text.</summary>
    const char Version = '8';
    const int VersionAt = 14;

    /// <summary>A receipt of this guid is of this engine: what reads receipts off a topic has nothing else to tell it by (ADR 034).</summary>
    public static bool IsOurs(string guid) => guid.Length > VersionAt && guid[VersionAt] == Version;

    /// <summary>Refuses a document.</summary>
    /// <param name="type">The document's kind.</param>
    /// <param name="document">The document; its business keys are echoed.</param>
    /// <param name="problems">At least one.</param>
    /// <param name="now">returnTime.</param>
    public static CebDocument Refusal(
        DocumentType type,
        CebDocument document,
        IReadOnlyList<Problem> problems,
        DateTimeOffset now
    )
    {
        var code = type.Descriptor().OfficialCode(problems[0].Code);
        var info = string.Join(" ", problems.Select(p => $"[{p.Code}] {p.Text}"));
        return Make(type, document, code, info, now);
    }

    /// <summary>A receipt for a document with a status of ours.</summary>
    /// <param name="type">The document's kind.</param>
    /// <param name="document">The document; its business keys are echoed.</param>
    /// <param name="status">returnStatus.</param>
    /// <param name="info">A text of ours, in which no person's number stands.</param>
    /// <param name="now">returnTime.</param>
    public static CebDocument Make(
        DocumentType type,
        CebDocument document,
        int status,
        string info,
        DateTimeOffset now
    )
    {
        info = Clip.Clean(Clip.Cut(info, InfoLimit));
        var key = type.Descriptor().EchoOf(document);
        var code = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var guid = GuidOf(
            CebSchema.Of(type.ReceiptType()).Root,
            string.Join('|', key.Select(k => k.Value)),
            document.Guid,
            code,
            info
        );
        var receipt = CebSchema.Of(type.ReceiptType());
        (CebField, string?)[] fields =
        [
            (receipt.Head.Find("guid")!, guid),
            .. key.Where(k => receipt.Head.Find(k.Name) is not null)
                .Select(k => (receipt.Head.Find(k.Name)!, k.Value)),
            (receipt.Head.Find("returnStatus")!, code),
            (receipt.Head.Find("returnTime")!, CebTime.FormatMillis(now)),
            (receipt.Head.Find("returnInfo")!, info),
        ];
        return CebDocument.Create(type.ReceiptType(), fields);
    }

    /// <summary>报文格式校验回执 (CEB900) of our own, for a message that cannot be read but whose sender can.</summary>
    /// <param name="messageType">The root element as far as it could be read.</param>
    /// <param name="messageGuid">The root's guid as far as it could be read.</param>
    /// <param name="fingerprint">Of the bytes: the same bytes get the same guid again.</param>
    /// <param name="problem">Code and text.</param>
    /// <param name="now">returnTime.</param>
    public static CebDocument FormatError(
        string? messageType,
        string? messageGuid,
        string fingerprint,
        (ProblemCode Code, string Text) problem,
        DateTimeOffset now
    ) =>
        CebDocument.Create(
            CebType.FormatError,
            (MessageReturn.Guid, GuidOf(nameof(CebType.FormatError), fingerprint, problem.Code)),
            (MessageReturn.ReturnStatus, "-800001"),
            (MessageReturn.ReturnInfo, Clip.To($"[{problem.Code}] {problem.Text}", InfoLimit)),
            (MessageReturn.ReturnTime, CebTime.FormatMillis(now)),
            (MessageReturn.OriCopMsgId, messageGuid ?? ""),
            (MessageReturn.OriMessageType, messageType is { Length: <= 15 } ? messageType : "Unknown"),
            // The bytes lie with the dead letter; a receipt does not spread what nobody could check.
            (MessageReturn.OriBizMessage, "")
        );

    /// <summary>The same thing gets the same guid again, so a resend is recognisable everywhere.</summary>
    static string GuidOf(params ReadOnlySpan<string> name)
    {
        var named = UuidV5.Of(name);
        return $"{named[..VersionAt]}{Version}{named[(VersionAt + 1)..]}";
    }
}
