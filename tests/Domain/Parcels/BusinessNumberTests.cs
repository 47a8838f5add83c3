using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>Numbers of orders and waybills are made of dates and serials, and so are those of people.</summary>
public class BusinessNumberTests
{
    const string Order = "990001202611200013",
        Waybill = "990001202611210021",
        Person = "110105194912310021",
        Masked = "110*************21";

    [Fact]
    public void Customs_words_keep_the_numbers_of_their_parcel_and_lose_those_of_people()
    {
        var world = Declared();
        world.Receive($"订单编号：{Order} 运单：{Waybill} 身份证：{Person}");

        const string Words = $"订单编号：{Order} 运单：{Waybill} 身份证：{Masked}";
        Assert.Equal(Words, world.HandedOn[^1].Receipt[InventoryReturn.ReturnInfo]);
        var view = ParcelViews.Show(world.State, new CustomsPortOptions(), Audience.All)!;
        Assert.Equal(Words, view.Receipts[^1].Info);
        Assert.Contains(Words, view.Timeline[^1].Text, StringComparison.Ordinal);
        var repeated = world.Submit(world.State[DocumentType.DeclarationList]!.Document);
        Assert.Equal(Words, repeated.Receipt![InventoryReturn.ReturnInfo]);
    }

    [Fact]
    public void What_customs_refuses_is_told_with_the_numbers_of_the_parcel()
    {
        var world = Declared();
        world.Receive($"运单 {Waybill} 不存在，{Person}", code: "100");

        var text = Assert.Single(ParcelViews.Problems(world.State)).Text;
        Assert.Contains(Waybill, text, StringComparison.Ordinal);
        Assert.Contains(Masked, text, StringComparison.Ordinal);
    }

    /// <summary>The other number is the carrier's, and the declarant is not the carrier (ADR 028).</summary>
    [Fact]
    public void Our_own_refusal_names_the_number_of_its_receiver_whole_and_no_other()
    {
        var world = Declared(list => list.With(InventoryHead.LogisticsNo, "990001202611210099"));

        var receipt = world.HandedOn.Last(h => h.Receipt.Type == CebType.DeclarationListReceipt).Receipt;

        var text = receipt[InventoryReturn.ReturnInfo]!;
        Assert.Contains("'990001202611210099'", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Waybill, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_of_ours_echoes_an_order_number_whole()
    {
        var world = new ParcelWorld(ParcelWorld.Bonded with { OrderNo = Order });

        var reply = world.Submit(
            world.Sample.Order().With(OrderHead.AppStatus, "2"),
            new Problem(ProblemCode.Written("x"), DocumentType.Order, null, null, "wrong")
        );

        Assert.Equal(Order, reply.Receipt![OrderReturn.OrderNo]);
    }

    /// <summary>As the command line reads an answer: the silo knew which number is whose.</summary>
    [Fact]
    public void A_problem_that_is_read_again_says_what_it_said()
    {
        var options = new System.Text.Json.JsonSerializerOptions(System.Text.Json.JsonSerializerDefaults.Web);
        var problem = Problem.Naming(
            [Order],
            ProblemCode.Written("x"),
            DocumentType.Order,
            "orderNo",
            $"order {Order} of {Person}"
        );

        var json = System.Text.Json.JsonSerializer.Serialize(problem, options);
        var read = System.Text.Json.JsonSerializer.Deserialize<Problem>(json, options);

        Assert.Equal($"order {Order} of {Masked}", read!.Text);
        Assert.Equal(problem, read);
    }

    static TestParcel Declared(Func<CebDocument, CebDocument>? change = null)
    {
        var world = new TestParcel();
        var sample = world.World.Sample;
        world.World.Submit(sample.Order());
        world.World.Submit(sample.Payment());
        world.World.Submit(sample.Waybill().With(LogisticsHead.LogisticsNo, Waybill));
        var list = sample.List().With(InventoryHead.LogisticsNo, Waybill);
        world.World.Submit(change is null ? list : change(list));
        world.World.Settle();
        world.World.Answer(DocumentType.Order, 2);
        world.World.Answer(DocumentType.Payment, 2);
        if (change is null)
            world.World.Answer(DocumentType.Waybill, 2);
        return world;
    }

    sealed class TestParcel
    {
        public ParcelWorld World { get; } = new(ParcelWorld.Bonded with { OrderNo = Order });

        public List<HandOn> HandedOn => World.HandedOn;

        public ParcelState State => World.State;

        public SubmissionReply Submit(CebDocument document) => World.Submit(document);

        public void Receive(string words, string code = "120")
        {
            var receipt = World
                .Receipt(DocumentType.DeclarationList, 120)
                .With(InventoryReturn.ReturnStatus, code)
                .With(InventoryReturn.ReturnInfo, words);
            World.Decide(new ReceiptArrived(new CustomsAnswer(receipt, World.Now)));
            World.Settle();
        }
    }
}
