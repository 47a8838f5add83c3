using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Parcels;
using static ClearanceEngine.Tests.Transcripts.Flow;

namespace ClearanceEngine.Tests.Transcripts;

/// <summary>The flows that are written down.</summary>
static class Flows
{
    public static IReadOnlyList<Flow> All { get; } =
    [
        new(
            "1210-from-order-to-tax-bill",
            "保税备货（1210）：四单齐备、额度预占、逐单申报、放行核扣，直至电子税单。",
            "Bonded (1210): four documents, quota reserved, each declared, released and posted, up to the tax bill.",
            [.. SubmitFour(), .. AcceptThree(), .. Release(), TaxBill(), TaxBillState()]
        ),
        new(
            "9610-with-inbound-note",
            "直购进口（9610）：另有入库明细单与运单状态，妥投后即为离场。",
            "Direct purchase (9610): an inbound note and a waybill status as well; once signed for, the goods have departed.",
            [
                .. SubmitFour(),
                .. AcceptThree(),
                Submit(p => p.InboundNote()),
                Receipt(DocumentType.InboundNote, 120),
                .. Release(),
                Submit(SignedFor),
                Receipt(DocumentType.WaybillStatus, 2),
            ]
        )
        {
            Mode = "9610",
        },
        new(
            "order-refused-and-corrected",
            "海关不接受订单：释放额度；平台更正后重新申报，作为第二次申报放行。",
            "Customs refuses the order: the quota is voided; the platform corrects it, and the second attempt is released.",
            [
                .. SubmitFour(),
                Receipt(DocumentType.Order, -301008, words: "订单数据有误"),
                Submit(p => (p with { AppType = "2", Revision = 2, At = p.At.AddDays(1) }).Order()),
                .. AcceptThree(),
                .. Release(),
            ]
        ),
        new(
            "over-the-annual-limit",
            "超过年度限值：引擎退回清单，不发海关；另一单退货恢复额度后，重新申报即获预占。",
            "Over the annual limit: the engine refuses the list; when another purchase is returned, a new list is granted.",
            [
                BoughtElsewhere(2_590_000),
                .. SubmitFour(),
                ReturnedElsewhere(1_000_000),
                Submit(p => (p with { Revision = 2 }).List()),
                .. AcceptThree(),
            ]
        ),
        new(
            "cancellation",
            "放行后、离区前撤销：海关审结后恢复额度。",
            "Cancelled after release and before departure: the quota is given back once customs grants it.",
            [
                .. SubmitFour(),
                .. AcceptThree(),
                .. Release(),
                Submit(p => p.Cancellation(ParcelPaths.InvtNo)),
                Receipt(DocumentType.Cancellation, 399),
            ]
        ),
        new(
            "partial-return-then-the-rest",
            "离区后先退一件，再退其余：额度按退货分次恢复；退多了不受理。",
            "After departure one piece is returned, then the rest: quota is given back in parts; too much is refused.",
            [
                .. SubmitFour(),
                .. AcceptThree(),
                .. Release(),
                Depart(),
                Submit(p => p.Return(ParcelPaths.InvtNo, (1, 1))),
                Receipt(DocumentType.Return, 300),
                Receipt(DocumentType.Return, 800),
                Submit(p => Second(p, 2, (1, 2), (2, 1))),
                Submit(p => Second(p, 3, (1, 1), (2, 1))),
                Receipt(DocumentType.Return, 399),
            ]
        )
        {
            Rules = ParcelWorld.Rules with
            {
                CustomsPort = new CustomsPortOptions { FollowUpsNameListCopNo = false },
            },
        },
        new(
            "two-payments",
            "两份支付单，订单未指明以哪份为准：待订单指明后才继续（ADR 018）。",
            "Two payments and an order that names neither: the parcel waits until the order names one (ADR 018).",
            [
                Submit(p => p.Order().With(OrderHead.PayCode, null).With(OrderHead.PayTransactionId, null)),
                Submit(p => p.Payment()),
                Submit(p =>
                    (p with { Revision = 2 }).Payment().With(PaymentHead.PayTransactionId, "PAY-OTHER")
                ),
                Submit(p => p.Waybill()),
                Submit(p => p.List()),
                Submit(p => (p with { AppType = "2", Revision = 3 }).Order()),
                .. AcceptThree(),
            ]
        ),
        new(
            "swapped-waybills-corrected",
            "物流企业将两单的运单号对调，更正后各归其单（ADR 019）。",
            "A carrier swapped the waybill numbers of two parcels; once corrected, each comes to its own (ADR 019).",
            [
                Submit(p => p.Order()),
                Submit(p => p.Payment()),
                Submit(p => p.Order(), "C-2"),
                Submit(p => p.Payment(), "C-2"),
                Submit(p => NamesOrder(Flow.Second, p.OrderNo)),
                Submit(p => NamesOrder(Flow.First, p.OrderNo), "C-2"),
                Submit(p => p.List()),
                Submit(p => p.List(), "C-2"),
                Submit(p => Corrected(p).Waybill()),
                .. AcceptThree(),
                Submit(p => Corrected(p).Waybill(), "C-2"),
                .. AcceptThree("C-2"),
            ]
        ),
        new(
            "detained-then-released",
            "海关查验、扣留后放行：额度一直占用，放行时核扣。",
            "Inspected, detained and then released: the quota stays reserved and is posted at release.",
            [
                .. SubmitFour(),
                .. AcceptThree(),
                Receipt(DocumentType.DeclarationList, 120, ParcelPaths.InvtNo),
                Receipt(DocumentType.DeclarationList, 500, ParcelPaths.InvtNo),
                Receipt(DocumentType.DeclarationList, 501, ParcelPaths.InvtNo),
                Receipt(DocumentType.DeclarationList, 800, ParcelPaths.InvtNo),
            ]
        ),
        new(
            "technical-failure-sent-again",
            "清单发送海关失败（4）：同一内容重发；此后久无回执则询问海关。",
            "The list does not reach customs (4): the same content goes again; when nothing is heard then, customs is asked.",
            [
                .. SubmitFour(),
                .. AcceptThree(),
                Receipt(DocumentType.DeclarationList, 4),
                Silence(),
                .. Release(),
            ]
        ),
    ];

    static SampleParcel Corrected(SampleParcel parcel) => parcel with { AppType = "2", Revision = 2 };

    /// <summary>A waybill under the order number of another parcel.</summary>
    static CebDocument NamesOrder(SampleParcel parcel, string orderNo) =>
        parcel.Waybill().With(LogisticsHead.OrderNo, orderNo);

    /// <summary>A later return under a number of its own.</summary>
    static CebDocument Second(SampleParcel parcel, int revision, params (int Line, int Quantity)[] lines) =>
        (parcel with { Revision = revision })
            .Return(ParcelPaths.InvtNo, lines)
            .With(InvtRefundHead.CopNo, $"RET-{revision}");

    static CebDocument SignedFor(SampleParcel parcel) =>
        CebDocument.Create(
            CebType.WaybillStatus,
            (LogisticsStatus.Guid, UuidV5.Of("signed-for")),
            (LogisticsStatus.AppType, "1"),
            (LogisticsStatus.AppTime, "20261124110000"),
            (LogisticsStatus.AppStatus, "2"),
            (LogisticsStatus.LogisticsCode, SampleParcel.Carrier),
            (LogisticsStatus.LogisticsNo, parcel.LogisticsNo),
            (LogisticsStatus.Status, "S")
        );
}
