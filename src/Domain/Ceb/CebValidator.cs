namespace ClearanceEngine.Ceb;

/// <summary>What a port and a message's signature change in the check of a document's fields.</summary>
/// <param name="LeavesAsItIs">The message is signed by its participant, so what the official schema refuses cannot be taken out.</param>
/// <param name="ExemptMayBeFilled">Elements that 1210 is exempt from (trafNo, voyageNo, billNo) may be filled all the same.</param>
public sealed record CebCheck(bool LeavesAsItIs = false, bool ExemptMayBeFilled = true);

/// <summary>
/// Checks one document by itself against the field table: presence (per mode), length, form, and the few rules that
/// stand in the schema's own texts. Never prints an id number.
/// </summary>
public static class CebValidator
{
    /// <summary>Problems told of one document; whoever has more mends these first. A document may have a million fields, and all of its problems are kept with its parcel.</summary>
    public const int MostProblems = 32;

    /// <summary>Everything that is wrong with a declaration; empty when it is fit to go on.</summary>
    /// <param name="document">The document.</param>
    /// <param name="how">What the port and the message's signature change; by default an unsigned message of a lenient port.</param>
    public static IReadOnlyList<Problem> Check(CebDocument document, CebCheck? how = null)
    {
        var type = DocumentTypes.OfMessage(document.Type)
            ?? DocumentTypes.OfReceipt(document.Type)
            ?? DocumentType.DeclarationList;
        var problems = new List<Problem>();
        var mode = document.Type == CebType.DeclarationList ? document[InventoryHead.TradeMode] : null;
        var fields = new CebFieldCheck(problems, type, mode, how ?? new CebCheck());
        foreach (var field in document.Schema.Head.Fields)
            fields.Check(field, document[field], line: null);
        for (var line = 0; line < document.LineCount && problems.Count <= MostProblems; line++)
        {
            foreach (var field in document.Schema.Line!.Fields)
                fields.Check(field, document[line, field], line + 1);
        }
        CheckLines(problems, type, document);
        switch (document.Type)
        {
            case CebType.DeclarationList:
                CheckList(problems, document);
                break;
            case CebType.Waybill:
                CheckSinglePack(problems, type, LogisticsHead.PackNo, document);
                break;
        }
        if (problems.Count <= MostProblems)
            return problems;
        return
        [
            .. problems.Take(MostProblems),
            new Problem(
                ProblemCode.FurtherProblems,
                type,
                null,
                null,
                $"{type.Chinese()}还有其他问题未列出，请先更正以上各项。The document has further problems; correct these first and send it again."
            ),
        ];
    }

    /// <summary>The frame of a message that is kept with each of its documents must be small: null when it is.</summary>
    /// <param name="message">The message; one that its participant signed is kept as a whole, and its frame with it.</param>
    /// <param name="limits">How small.</param>
    public static Problem? CheckFrameSize(CebMessage message, CebLimits limits)
    {
        if (message.IsSigned || message.Frame is not { } frame)
            return null;
        var size = CebWriter.Measure(frame);
        var copies =
            message.Type == CebType.InboundNote ? message.Documents[0].LineCount : message.Documents.Length;
        var most = (int)Math.Min(limits.FrameBytes, (long)limits.MessageBytes / Math.Max(1, copies));
        if (size <= most)
            return null;
        return new Problem(
            ProblemCode.FrameTooLarge,
            DocumentTypes.OfMessage(message.Type) ?? DocumentType.DeclarationList,
            null,
            frame.Extension is null ? "BaseSubscribe" : "ExtendMessage",
            $"BaseSubscribe 与 ExtendMessage 共 {size} 字节，超过 {most} 字节上限（含 {copies} 份单证的报文），请缩短或拆分报文。BaseSubscribe and ExtendMessage have {size} bytes together; with {copies} documents at most {most} are taken. Shorten them, or split the message."
        );
    }

    /// <summary>The frame of a message: root guid, version, BaseTransfer, BaseSubscribe and ExtendMessage.</summary>
    public static IReadOnlyList<Problem> CheckFrame(CebMessage message)
    {
        var type = DocumentTypes.OfMessage(message.Type) ?? DocumentType.DeclarationList;
        var problems = new List<Problem>();
        Length("guid", "报文唯一编号", message.Guid, 36, 36);
        Length("version", "报文版本号", message.Version, 1, 10);
        if (message.Transfer is { } transfer)
        {
            Length("copCode", "传输企业代码", transfer.CopCode, 1, 18);
            Length("copName", "传输企业名称", transfer.CopName, 0, 100);
            Length("dxpId", "报文传输编号", transfer.DxpId, 0, 30);
            Length("note", "备注", transfer.Note ?? "", 0, 1000);
            if (transfer.DxpMode != "DXP")
                problems.Add(
                    new Problem(
                        ProblemCode.ValueNotAllowed,
                        type,
                        null,
                        "dxpMode",
                        "报文传输模式 dxpMode 必须为 DXP，请更正。dxpMode must be DXP; correct it."
                    )
                );
        }
        foreach (var subscription in message.Subscriptions.IsDefault ? [] : message.Subscriptions)
        {
            Length("status", "订阅类型", subscription.Status, 0, 100);
            Length("dxpAddress", "订阅方传输编号", subscription.DxpAddress, 0, 100);
            Length("note", "备注", subscription.Note ?? "", 0, 1000);
            if (subscription.DxpMode != "DXP")
                problems.Add(
                    new Problem(
                        ProblemCode.ValueNotAllowed,
                        type,
                        null,
                        "dxpMode",
                        "BaseSubscribe 的 dxpMode 必须为 DXP，请更正。dxpMode of BaseSubscribe must be DXP; correct it."
                    )
                );
        }
        if (message.Extension is { } extension)
        {
            Length("name", "扩展数据名称", extension.Name, 0, 30);
            Length("version", "扩展数据版本", extension.Version, 0, 30);
        }
        return problems;

        void Length(string name, string label, string text, int min, int max)
        {
            if (text.Length < min || text.Length > max)
                problems.Add(
                    new Problem(
                        text.Length < min ? ProblemCode.FieldTooShort : ProblemCode.FieldTooLong,
                        type,
                        null,
                        name,
                        $"{label} {name} 长度为 {text.Length}，应为 {min}..{max}，请更正。{name} has {text.Length} characters, expected {min}..{max}; correct it."
                    )
                );
        }
    }

    static void CheckLines(List<Problem> problems, DocumentType type, CebDocument document)
    {
        if (
            document.Schema.Line is not { } entity
            || type is DocumentType.DeclarationList && document.Type != CebType.DeclarationList
        )
            return;
        if (document.LineCount == 0)
        {
            problems.Add(
                new Problem(
                    ProblemCode.NoLines,
                    type,
                    null,
                    entity.Name,
                    $"{type.Chinese()}没有表体 {entity.Name}，至少一行。The {document.Schema.Head.Name} has no {entity.Name}; at least one is needed."
                )
            );
            return;
        }
        if (document.LineCount == 1)
            return; // nothing to repeat
        var gnum = entity.Find("gnum")!;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var line = 0; line < document.LineCount && problems.Count <= MostProblems; line++)
        {
            if (document[line, gnum] is { Length: > 0 } number && !seen.Add(number.TrimStart('0')))
                problems.Add(
                    new Problem(
                        ProblemCode.LineNumberRepeated,
                        type,
                        line + 1,
                        "gnum",
                        $"{type.Chinese()}序号 gnum={Clip.Quote(number)} 重复，请从 1 起编号。Line number gnum {Clip.Quote(number)} appears twice; number the lines from 1."
                    )
                );
        }
    }

    static void CheckList(List<Problem> problems, CebDocument list)
    {
        CheckSinglePack(problems, DocumentType.DeclarationList, InventoryHead.PackNo, list);
        if (
            list[InventoryHead.TradeMode] == "1210"
            && list[InventoryHead.Country] is { } country
            && country != "142"
        )
            problems.Add(
                new Problem(
                    ProblemCode.ValueNotAllowed,
                    DocumentType.DeclarationList,
                    null,
                    "country",
                    "1210 模式下起运国（country）必须为 142，请更正。For 1210 country must be 142 (China); correct it."
                )
            );
        if (
            CebAmount.Parse(list[InventoryHead.GrossWeight]) is { } gross
            && CebAmount.Parse(list[InventoryHead.NetWeight]) is { } net
            && !(gross >= net && net > 0)
        )
            problems.Add(
                new Problem(
                    ProblemCode.WeightsWrong,
                    DocumentType.DeclarationList,
                    null,
                    "grossWeight",
                    "毛重（grossWeight）应不小于净重（netWeight），且净重大于 0，请更正。grossWeight must be at least netWeight, and netWeight above 0; correct the weights."
                )
            );
        CheckQuantities(problems, list);
    }

    static void CheckQuantities(List<Problem> problems, CebDocument list)
    {
        for (var line = 0; line < list.LineCount && problems.Count <= MostProblems; line++)
        {
            var quantity = !string.IsNullOrEmpty(list[line, InventoryList.Qty2]);
            var unit = !string.IsNullOrEmpty(list[line, InventoryList.Unit2]);
            if (quantity != unit)
                problems.Add(
                    new Problem(
                        ProblemCode.SecondQuantityIncomplete,
                        DocumentType.DeclarationList,
                        line + 1,
                        quantity ? "unit2" : "qty2",
                        $"第 {line + 1} 行第二法定数量与单位（qty2、unit2）须同时填写或同时不填。qty2 and unit2 of line {line + 1} must both be given or both be absent; complete or remove them."
                    )
                );
            CheckQuantity(problems, list, line, InventoryList.Qty);
            CheckQuantity(problems, list, line, InventoryList.Qty1);
        }
    }

    static void CheckQuantity(List<Problem> problems, CebDocument list, int line, CebField field)
    {
        if (CebAmount.Parse(list[line, field]) is 0m)
            problems.Add(
                new Problem(
                    ProblemCode.QuantityZero,
                    DocumentType.DeclarationList,
                    line + 1,
                    field.Name,
                    $"第 {line + 1} 行{field.Label}（{field.Name}）不得为 0，请更正。{field.Name} of line {line + 1} must be above 0; correct it."
                )
            );
    }

    static void CheckSinglePack(
        List<Problem> problems,
        DocumentType type,
        CebField packNo,
        CebDocument document
    )
    {
        if (
            document[packNo] is { Length: > 0 } packs
            && packs.TrimStart('0') != "1"
            && packs.All(char.IsAsciiDigit)
        )
            problems.Add(
                new Problem(
                    ProblemCode.MoreThanOnePack,
                    type,
                    null,
                    packNo.Name,
                    $"{type.Chinese()}件数 packNo 限定为 1，请更正。packNo is {Clip.Quote(packs)}; only 1 is allowed: one parcel a waybill."
                )
            );
    }
}
