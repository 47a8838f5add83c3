using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Tests.Parcels;

namespace ClearanceEngine.Tests.Transcripts;

/// <summary>One thing that happens in a flow.</summary>
delegate void Step(Player player);

/// <summary>What happens to one parcel, or to several that touch each other, in the order in which it happens.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Chinese">What it shows, one sentence.</param>
/// <param name="English">The same.</param>
/// <param name="Steps">What happens.</param>
sealed record Flow(string Name, string Chinese, string English, IReadOnlyList<Step> Steps)
{
    public static SampleParcel First { get; } = ParcelWorld.Bonded;

    /// <summary>Another buyer's parcel, from the same platform.</summary>
    public static SampleParcel Second { get; } = First with { OrderNo = "C-2", Person = 8, Serial = "78" };

    /// <summary>1210, or what the flow sets instead.</summary>
    public string Mode { get; init; } = "1210";

    public ParcelRules Rules { get; init; } = ParcelWorld.Rules;

    /// <summary>A participant sends a document of a sample.</summary>
    /// <param name="document">Makes it.</param>
    /// <param name="to">Order number of the parcel that it belongs to.</param>
    public static Step Submit(Func<SampleParcel, CebDocument> document, string to = "C-1") =>
        player =>
        {
            var world = player.Parcel(to);
            var made = document(world.Sample);
            player.Play(world, InputWords.Of(made), () => world.Submit(made));
        };

    /// <summary>Order, payment, waybill and list, one after the other.</summary>
    public static IReadOnlyList<Step> SubmitFour(string to = "C-1") =>
        [
            Submit(p => p.Order(), to),
            Submit(p => p.Payment(), to),
            Submit(p => p.Waybill(), to),
            Submit(p => p.List(), to),
        ];

    /// <summary>Customs or the E-Port answers the document of this type that counts.</summary>
    public static Step Receipt(
        DocumentType type,
        int code,
        string? invtNo = null,
        string? words = null,
        string of = "C-1"
    ) =>
        player =>
        {
            var world = player.Parcel(of);
            var receipt = world.Receipt(type, code, invtNo is null ? null : ParcelPaths.PreNo, invtNo);
            receipt = receipt.With(receipt.Schema.Head.Find("guid")!, player.NextGuid());
            if (words is not null)
                receipt = receipt.With(receipt.Schema.Head.Find("returnInfo")!, words);
            player.Take(world, InputWords.Of(type, receipt, words), receipt);
        };

    /// <summary>Order, payment and waybill are accepted: the list may go.</summary>
    public static IReadOnlyList<Step> AcceptThree(string of = "C-1") =>
        [
            Receipt(DocumentType.Order, 2, of: of),
            Receipt(DocumentType.Payment, 2, of: of),
            Receipt(DocumentType.Waybill, 2, of: of),
        ];

    /// <summary>Customs stores the list and releases it.</summary>
    public static IReadOnlyList<Step> Release(string of = "C-1") =>
        [
            Receipt(DocumentType.DeclarationList, 120, ParcelPaths.InvtNo, of: of),
            Receipt(DocumentType.DeclarationList, 800, ParcelPaths.InvtNo, of: of),
        ];

    /// <summary>The goods leave zone or site.</summary>
    public static Step Depart(string orderNo = "C-1") =>
        player =>
        {
            var world = player.Parcel(orderNo);
            player.Play(world, $"货物离区 goods departed（订单 {orderNo}）", () =>
                world.Decide(new GoodsDeparted(world.Now))
            );
        };

    /// <summary>Nothing is heard for so long that the engine asks.</summary>
    public static Step Silence(string of = "C-1") =>
        player =>
        {
            var world = player.Parcel(of);
            world.Now = world.State.Documents.Max(document => document.AskAt)!.Value;
            player.Play(world, $"到期仍无回执 nothing was heard（订单 {of}）", () =>
                world.Decide(new Woken())
            );
        };

    /// <summary>Customs sends the tax bill of the released list.</summary>
    public static Step TaxBill(string of = "C-1") =>
        player =>
        {
            var world = player.Parcel(of);
            var bill = CebDocument
                .Create(
                    CebType.TaxBill,
                    (TaxHeadRd.Guid, player.NextGuid()),
                    (TaxHeadRd.ReturnTime, "20261124130000000"),
                    (TaxHeadRd.InvtNo, ParcelPaths.InvtNo),
                    (TaxHeadRd.TaxNo, "T0001"),
                    (TaxHeadRd.CustomsTax, "0"),
                    (TaxHeadRd.ValueAddedTax, "39.13"),
                    (TaxHeadRd.ConsumptionTax, "0"),
                    (TaxHeadRd.Status, "1")
                )
                .AddLine((TaxListRd.Gnum, "1"), (TaxListRd.Gcode, "1901101010"), (TaxListRd.TaxPrice, "370"));
            player.Take(
                world,
                $"海关税单 CEB816 tax bill T0001，status 1 已生成（清单 {ParcelPaths.InvtNo}）",
                bill
            );
        };

    /// <summary>Customs says what became of the tax bill.</summary>
    public static Step TaxBillState(string of = "C-1") =>
        player =>
        {
            var state = CebDocument.Create(
                CebType.TaxBillState,
                (TaxHeadStatus.Guid, player.NextGuid()),
                (TaxHeadStatus.ReturnTime, "20261124140000000"),
                (TaxHeadStatus.InvtNo, ParcelPaths.InvtNo),
                (TaxHeadStatus.TaxNo, "T0001"),
                (TaxHeadStatus.Status, "2")
            );
            player.Take(
                player.Parcel(of),
                $"海关税单状态 CEB818 tax bill T0001，status 2 已汇总（清单 {ParcelPaths.InvtNo}）",
                state
            );
        };

    /// <summary>The buyer has bought for this much already, by another parcel.</summary>
    public static Step BoughtElsewhere(long fen) =>
        player =>
        {
            var world = player.Parcel("C-1");
            world.Quota = Ledger(world).Post(world.Quota, "elsewhere#1", fen, 2026, world.Now);
            player.Say($"订购人本年已购 bought elsewhere {CebAmount.FromFen(fen)} 元");
        };

    /// <summary>That purchase is returned.</summary>
    public static Step ReturnedElsewhere(long fen) =>
        player =>
        {
            var world = player.Parcel("C-1");
            (world.Quota, _) = Ledger(world).GiveBack(world.Quota, "elsewhere#1", "return", fen);
            player.Say($"订购人另一单退货，恢复额度 given back elsewhere {CebAmount.FromFen(fen)} 元");
        };

    static QuotaLedger Ledger(ParcelWorld world) => new(world.UsedRules.Limits, 3);
}
