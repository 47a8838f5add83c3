using System.Collections.Frozen;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Participants;

/// <summary>Who may send what (a table per port) and on whose behalf.</summary>
public static class EntitlementRules
{
    /// <summary>The fields that name the company whose document it is.</summary>
    static readonly FrozenDictionary<DocumentType, CebField[]> Speakers = new Dictionary<
        DocumentType,
        CebField[]
    >
    {
        [DocumentType.Order] = [OrderHead.EbpCode, OrderHead.EbcCode],
        [DocumentType.Payment] = [PaymentHead.PayCode],
        [DocumentType.Waybill] = [LogisticsHead.LogisticsCode],
        [DocumentType.WaybillStatus] = [LogisticsStatus.LogisticsCode],
        [DocumentType.InboundNote] = [DeliveryHead.OperatorCode],
        [DocumentType.Cancellation] = [InvtCancel.EbcCode, InvtCancel.AgentCode],
        [DocumentType.Return] = [InvtRefundHead.EbcCode, InvtRefundHead.AgentCode],
        [DocumentType.DeclarationList] = [InventoryHead.AgentCode],
    }.ToFrozenDictionary();

    /// <summary>Why this sender may not send at all; null when it may.</summary>
    public static Problem? CheckSender(Participant? sender, CebTransfer transfer, DocumentType type)
    {
        if (sender is null)
            return new Problem(
                ProblemCode.SenderUnknown,
                type,
                null,
                "copCode",
                $"传输企业（copCode）{Clip.Quote(transfer.CopCode)} 未在本口岸登记，请先办理登记。Sender {Clip.Quote(transfer.CopCode)} (copCode) is not registered here; register it first."
            );
        if (!sender.Active)
            return new Problem(
                ProblemCode.SenderInactive,
                type,
                null,
                "copCode",
                $"传输企业（copCode）{sender.Code} 已停用，请联系口岸。Sender {sender.Code} (copCode) is not active; ask the port to activate it."
            );
        if (sender.DxpId is { } dxp && transfer.DxpId != dxp)
            return new Problem(
                ProblemCode.DxpIdDiffers,
                type,
                null,
                "dxpId",
                $"报文传输编号 dxpId 与企业 {sender.Code} 登记的不一致，请更正。dxpId is not the one registered for {sender.Code}; correct it or have the registration changed."
            );
        return null;
    }

    /// <summary>Whether a participant's roles, or those of a company that it transmits for, let it send any document of this type at all.</summary>
    public static bool MaySendAny(
        Participant sender,
        DocumentType type,
        CustomsPortOptions customsPort,
        IParticipantRegistry participants
    ) =>
        sender
            .TransmitsFor.Select(participants.Find)
            .OfType<Participant>()
            .Prepend(sender)
            .Any(company => ParticipantRegistry.Modes.Any(mode => MaySend(company, type, mode, customsPort)));

    /// <summary>Why this document may not be sent by whom it was; null when it may.</summary>
    /// <param name="sender">Who transmitted it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="document">The document, valid by itself.</param>
    /// <param name="customsPort">Who may send what at this port.</param>
    /// <param name="participants">Where the company is found that a transmitter transmits for.</param>
    public static Problem? CheckDocument(
        Participant sender,
        DocumentType type,
        CebDocument document,
        CustomsPortOptions customsPort,
        IParticipantRegistry participants
    )
    {
        if (Principal(sender, type, document) is not { } principal)
            return CheckCompany(sender, type, document, customsPort);
        return participants.Find(principal) is { Active: true } company
            ? CheckCompany(company, type, document, customsPort)
            : new Problem(
                ProblemCode.PrincipalInactive,
                type,
                null,
                Speakers[type][0].Name,
                $"{type.Chinese()}所属企业 {principal} 已停用，不能由 {sender.Code} 代为传输，请联系口岸。{principal}, for which {sender.Code} transmits this document, is not active; ask the port to activate it."
            );
    }

    /// <summary>The company whose document this is, where its sender transmits for it and does not speak for itself.</summary>
    public static string? Principal(Participant sender, DocumentType type, CebDocument document)
    {
        if (sender.TransmitsFor.IsDefaultOrEmpty || SpeaksFor(sender.Code, type, document))
            return null;
        foreach (var speaker in Speakers[type])
        {
            if (document[speaker] is { } code && sender.TransmitsFor.Contains(code))
                return code;
        }
        return null;
    }

    static bool SpeaksFor(string code, DocumentType type, CebDocument document)
    {
        foreach (var speaker in Speakers[type])
        {
            if (document[speaker] == code)
                return true;
        }
        return false;
    }

    /// <summary>Why this company may not send this document; null when it may.</summary>
    static Problem? CheckCompany(
        Participant sender,
        DocumentType type,
        CebDocument document,
        CustomsPortOptions customsPort
    )
    {
        var (mode, customs) = type switch
        {
            DocumentType.DeclarationList => (
                document[InventoryHead.TradeMode],
                document[InventoryHead.CustomsCode]
            ),
            DocumentType.Cancellation => (null, document[InvtCancel.CustomsCode]),
            DocumentType.Return => (null, document[InvtRefundHead.CustomsCode]),
            DocumentType.InboundNote => ("9610", document[DeliveryHead.CustomsCode]),
            _ => ((string?)null, (string?)null),
        };
        if (!MaySend(sender, type, mode, customsPort))
            return new Problem(
                ProblemCode.SenderNotEntitled,
                type,
                null,
                "copCode",
                $"传输企业（copCode）{sender.Code} 无权发送{type.Chinese()}{(mode is null ? "" : $"（{mode}）")}，请由有资质的企业发送或办理资质。{sender.Code} (copCode) may not send this document{(mode is null ? "" : $" for {mode}")}; its roles are {string.Join(", ", sender.Roles)}. Have the entitled company send it, or register the role."
            );
        if (mode is not null && sender.Modes is { Length: > 0 } modes && !modes.Contains(mode))
            return new Problem(
                ProblemCode.ModeNotActivated,
                type,
                null,
                "tradeMode",
                $"企业 {sender.Code} 未开通 {mode} 模式（tradeMode），请先开通。Mode {mode} (tradeMode) is not activated for {sender.Code}; have it activated."
            );
        if (customs is not null && sender.Customs is { Length: > 0 } all && !all.Contains(customs))
            return new Problem(
                ProblemCode.CustomsNotActivated,
                type,
                null,
                "customsCode",
                $"企业 {sender.Code} 未开通关区 {customs}（customsCode），请先开通。Customs district {customs} (customsCode) is not activated for {sender.Code}; have it activated."
            );
        return CheckSpokesman(sender, type, document, customsPort);
    }

    static bool MaySend(Participant sender, DocumentType type, string? mode, CustomsPortOptions customsPort)
    {
        var direct = sender.Is(Role.DirectLogistics);
        var bonded = sender.Is(Role.BondedLogistics);
        var trader = sender.Is(Role.Platform) || sender.Is(Role.Merchant);
        return type switch
        {
            DocumentType.Order => trader || (direct && customsPort.LogisticsSendsForOthers),
            DocumentType.Payment => sender.Is(Role.Payment)
                || (direct && customsPort.LogisticsSendsForOthers),
            DocumentType.Waybill or DocumentType.WaybillStatus => direct || bonded,
            DocumentType.DeclarationList => (direct && mode == "9610")
                || (sender.Is(Role.Warehouse) && mode == "1210")
                || (bonded && mode == "1210" && customsPort.BondedLogisticsDeclaresLists)
                || (trader && customsPort.MerchantDeclaresLists),
            DocumentType.Cancellation or DocumentType.Return => direct
                || sender.Is(Role.Warehouse)
                || (trader && customsPort.MerchantDeclaresLists),
            DocumentType.InboundNote => sender.Is(Role.SupervisedSite) || (direct && sender.OwnWarehouse),
            _ => false,
        };
    }

    /// <summary>A payment speaks of its sender, a waybill too, and so on; express and post may speak for others where the port lets them.</summary>
    static Problem? CheckSpokesman(
        Participant sender,
        DocumentType type,
        CebDocument document,
        CustomsPortOptions customsPort
    )
    {
        if (SpeaksFor(sender.Code, type, document))
            return null;

        if (
            type is DocumentType.Order or DocumentType.Payment
            && sender.Is(Role.DirectLogistics)
            && customsPort.LogisticsSendsForOthers
        )
            return null;
        var field = Speakers[type][^1];
        var value = document[field];
        return new Problem(
            ProblemCode.SpeaksForAnother,
            type,
            null,
            field.Name,
            $"{type.Chinese()}的{field.Label}（{field.Name}）为 {value}，与传输企业 {sender.Code} 不符，各企业只发送自己的单证。{field.Name} is {value}, but the message was transmitted by {sender.Code}; each company sends its own documents."
        );
    }
}
