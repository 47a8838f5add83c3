using ClearanceEngine.Ceb;

namespace ClearanceEngine.Receipts;

/// <summary>Receipts that this engine gives itself: the official negative code that fits, our own text, a guid that repeats.</summary>
public static class OwnReceipt
{
    /// <summary>returnInfo holds at most this many characters.</summary>
    const int InfoLimit = 1000;

    /// <summary>Refuses a document.</summary>
    /// <param name="kind">The document's kind.</param>
    /// <param name="document">The document; its business keys are echoed.</param>
    /// <param name="problems">At least one.</param>
    /// <param name="now">returnTime.</param>
    public static CebDocument Refusal(
        DocumentKind kind,
        CebDocument document,
        IReadOnlyList<Problem> problems,
        DateTimeOffset now
    )
    {
        var code = OfficialCode(kind, problems[0].Code);
        var info = string.Join(" ", problems.Select(p => $"[{p.Code}] {p.Text}"));
        return Make(kind, document, code, info, now);
    }

    /// <summary>A receipt for a document with a status of ours.</summary>
    public static CebDocument Make(
        DocumentKind kind,
        CebDocument document,
        int status,
        string info,
        DateTimeOffset now
    )
    {
        info = Clip.To(info, InfoLimit);
        var key = Key(kind, document);
        var code = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var guid = UuidV5.Of(
            kind.ReceiptType().ToString(),
            string.Join('|', key.Select(k => k.Value)),
            document[document.Schema.Head.Find("guid")!] ?? "",
            code,
            info
        );
        var receipt = CebSchema.Of(kind.ReceiptType());
        (CebField, string?)[] fields =
        [
            (receipt.Head.Find("guid")!, guid),
            .. key.Where(k => receipt.Head.Find(k.Name) is not null)
                .Select(k => (receipt.Head.Find(k.Name)!, k.Value)),
            (receipt.Head.Find("returnStatus")!, code),
            (receipt.Head.Find("returnTime")!, CebTime.FormatMillis(now)),
            (receipt.Head.Find("returnInfo")!, info),
        ];
        return CebDocument.Create(kind.ReceiptType(), fields);
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
        (string Code, string Text) problem,
        DateTimeOffset now
    ) =>
        CebDocument.Create(
            CebType.FormatError,
            (MessageReturn.Guid, UuidV5.Of(nameof(CebType.FormatError), fingerprint, problem.Code)),
            (MessageReturn.ReturnStatus, "-800001"),
            (MessageReturn.ReturnInfo, Clip.To($"[{problem.Code}] {problem.Text}", InfoLimit)),
            (MessageReturn.ReturnTime, CebTime.FormatMillis(now)),
            (MessageReturn.OriCopMsgId, messageGuid ?? ""),
            (MessageReturn.OriMessageType, messageType is { Length: <= 15 } ? messageType : "Unknown"),
            // The bytes lie with the dead letter; a receipt does not spread what nobody could check.
            (MessageReturn.OriBizMessage, "")
        );

    /// <summary>The business key that the receipt of this document echoes (SPEC22).</summary>
    public static IReadOnlyList<(string Name, string? Value)> Key(DocumentKind kind, CebDocument document)
    {
        string[] names = kind switch
        {
            DocumentKind.Order => ["ebpCode", "ebcCode", "orderNo"],
            DocumentKind.Payment => ["payCode", "payTransactionId"],
            DocumentKind.Waybill => ["logisticsCode", "logisticsNo"],
            DocumentKind.WaybillStatus => ["logisticsCode", "logisticsNo", "logisticsStatus"],
            DocumentKind.Entry => ["customsCode", "operatorCode", "copNo"],
            _ => ["customsCode", "ebpCode", "ebcCode", "agentCode", "copNo", "preNo", "invtNo"],
        };
        return
        [
            .. names.Select(n =>
                (
                    n,
                    document.Schema.Head.Find(n) is { } f && document[f] is { Length: > 0 } v
                        ? Clip.To(v, f.MaxLength)
                        : null
                )
            ),
        ];
    }

    /// <summary>The key of a question to customs: the parts that name the document, joined by a bar.</summary>
    public static string QueryKey(DocumentKind kind, CebDocument document)
    {
        string[] names = kind switch
        {
            DocumentKind.Order => ["ebpCode", "ebcCode", "orderNo"],
            DocumentKind.Payment => ["payCode", "payTransactionId"],
            DocumentKind.Waybill or DocumentKind.WaybillStatus => ["logisticsCode", "logisticsNo"],
            DocumentKind.Entry => ["operatorCode", "copNo"],
            _ => ["agentCode", "copNo"],
        };
        return string.Join('|', names.Select(n => document[document.Schema.Head.Find(n)!]));
    }

    /// <summary>The official negative code that fits a problem of ours (SPEC22 section 7).</summary>
    public static int OfficialCode(DocumentKind kind, string problem) =>
        (kind, problem) switch
        {
            (DocumentKind.List, "over-single-limit") => -621005,
            (DocumentKind.List, "over-annual-limit") => -621018,
            (
                DocumentKind.List,
                "sender-not-entitled"
                    or "sender-unknown"
                    or "sender-inactive"
                    or "mode-not-activated"
                    or "customs-not-activated"
                    or "speaks-for-another"
            ) => -621016,
            (DocumentKind.List, "signature-missing") => -621026,
            (DocumentKind.List, "signature-invalid" or "certificate-foreign" or "certificate-expired") =>
                -621029,
            (DocumentKind.List, "no-lines") => -621000,
            (DocumentKind.List, "line-number-repeated") => -621027,
            (DocumentKind.List, "already-declared") => -621012,
            (DocumentKind.Order, "no-lines") => -301001,
            (DocumentKind.Order, "line-number-repeated") => -301002,
            (DocumentKind.Order, "already-declared") => -301011,
            (DocumentKind.Order, "guid-reused") => -301010,
            (DocumentKind.Payment, "already-declared") => -401008,
            (DocumentKind.Payment, "guid-reused") => -401007,
            (DocumentKind.Waybill, "already-declared") => -504016,
            (DocumentKind.Waybill, "guid-reused") => -504015,
            (DocumentKind.Cancel, "wrong-state") => -623005,
            (DocumentKind.Cancel, "list-not-found") => -623003,
            (DocumentKind.Return, "wrong-state") => -625022,
            (DocumentKind.Return, "list-not-found") => -625204,
            (DocumentKind.Return, "line-not-found") => -625209,
            (DocumentKind.Order, _) => -301008,
            (DocumentKind.Payment, _) => -401009,
            (DocumentKind.Waybill, _) => -504011,
            (DocumentKind.WaybillStatus, _) => -505011,
            (DocumentKind.List, _) => -621001,
            (DocumentKind.Cancel, _) => -623001,
            (DocumentKind.Return, _) => -625001,
            _ => -800001,
        };
}
