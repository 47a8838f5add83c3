using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests.Transcripts;

/// <summary>What comes in, in the words of the glossary; nothing of a person.</summary>
static class InputWords
{
    /// <summary>A document that a participant sends.</summary>
    public static string Of(CebDocument document)
    {
        var key = DocumentKey.Of(document);
        var sender = SampleParcel.Message(document).Transfer!.CopCode;
        string[] facts =
        [
            key.Type.Name(),
            document.Schema.Root[..6],
            AppType(Head(document, "appType")),
            .. Head(document, "appStatus") == "1" ? ["appStatus 1 暂存"] : (string[])[],
            .. Facts(key.Type, document),
        ];
        return $"{Participant(sender)} 报送{key.Type.Chinese()} {key.Number}（{string.Join("，", facts)}）";
    }

    /// <summary>A receipt of customs or the E-Port.</summary>
    public static string Of(DocumentType type, CebDocument receipt, string? words)
    {
        var code = Head(receipt, "returnStatus");
        var number = Head(receipt, type.Descriptor().KeyFields.Number);
        var invtNo = Head(receipt, "invtNo") is { Length: > 0 } given ? $"，invtNo {given}" : "";
        var quoted = words is null ? "" : $"，“{words}”";
        return $"海关回执 {receipt.Schema.Root[..6]} {type.Name()} {code}{Meaning(code)}（{type.Chinese()} {number}{invtNo}{quoted}）";
    }

    /// <summary>A participant by what it is and its code.</summary>
    public static string Participant(string code) =>
        code switch
        {
            SampleParcel.Platform => $"平台 {code}",
            SampleParcel.Merchant => $"电商企业 {code}",
            SampleParcel.Payer => $"支付企业 {code}",
            SampleParcel.Carrier => $"物流企业 {code}",
            SampleParcel.Warehouse => $"仓储企业 {code}",
            SampleParcel.Site => $"监管场所 {code}",
            _ => $"企业 {code}",
        };

    public static string Head(CebDocument document, string name) =>
        document.Schema.Head.Find(name) is { } field ? document[field] ?? "" : "";

    /// <summary>The official words of a returnStatus.</summary>
    static string Meaning(string code) =>
        code switch
        {
            "2" => " 电子口岸申报中",
            "4" => " 发送海关失败",
            "100" => " 海关退单",
            "120" => " 海关入库",
            "300" => " 人工审核",
            "399" => " 海关审结",
            "500" => " 查验",
            "501" => " 扣留移送通关",
            "800" => " 放行",
            "899" => " 结关",
            _ => "",
        };

    static string AppType(string appType) =>
        appType switch
        {
            "1" => "appType 1 新增",
            "2" => "appType 2 变更",
            "3" => "appType 3 删除",
            _ => $"appType {appType}",
        };

    static IEnumerable<string> Facts(DocumentType type, CebDocument document) =>
        type switch
        {
            DocumentType.Order => [.. Payments(document), $"{document[OrderHead.ActuralPaid]} 元"],
            DocumentType.Payment => [$"{document[PaymentHead.AmountPaid]} 元"],
            DocumentType.Waybill => [$"订单 {document[LogisticsHead.OrderNo]}"],
            DocumentType.WaybillStatus => [$"logisticsStatus {document[LogisticsStatus.Status]}"],
            DocumentType.InboundNote => [$"运单 {document[0, DeliveryList.LogisticsNo]}"],
            DocumentType.DeclarationList =>
            [
                $"tradeMode {document[InventoryHead.TradeMode]}",
                $"订单 {document[InventoryHead.OrderNo]}",
                $"运单 {document[InventoryHead.LogisticsNo]}",
            ],
            DocumentType.Return => Enumerable.Range(0, document.LineCount).Select(i => Line(document, i)),
            _ => [],
        };

    static string[] Payments(CebDocument order) =>
        order[OrderHead.PayTransactionId] is { Length: > 0 } payment ? [$"支付 {payment}"] : ["未指明支付单"];

    static string Line(CebDocument document, int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"第 {document[i, InvtRefundList.Gnum]} 项 {document[i, InvtRefundList.Qty]} 件"
        );
}
