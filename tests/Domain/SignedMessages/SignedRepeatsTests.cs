using ClearanceEngine.Ceb;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.SignedMessages;

/// <summary>What may not stand twice in a message that leaves byte for byte, and what may.</summary>
public class SignedRepeatsTests
{
    static readonly SampleParcel First = ParcelWorld.Bonded;

    static readonly SampleParcel Second = First with { OrderNo = "C-2", Serial = "78" };

    [Fact]
    public void Two_revisions_of_a_document_name_both_their_places()
    {
        var problem = Find(First.Waybill(), Second.Waybill(), (First with { Revision = 2 }).Waybill());

        Assert.Equal(("document-repeated", DocumentType.Waybill), (problem!.Code, problem.Document));
        Assert.Contains("第 3 份运单与第 1 份", problem.Text, StringComparison.Ordinal);
        Assert.Contains("Documents 1 and 3", problem.Text, StringComparison.Ordinal);
    }

    /// <summary>The second takes the first one's place in their parcel, and the first would never be let go.</summary>
    [Fact]
    public void An_order_has_one_list_whatever_its_number() =>
        Assert.Equal(
            "document-repeated",
            Find(First.List(), First.List().With(InventoryHead.CopNo, "ANOTHER"))?.Code
        );

    [Fact]
    public void Several_waybills_of_an_order_and_one_payment_for_two_orders_are_no_repeats()
    {
        Assert.Null(Find(First.Waybill(), First.Waybill().With(LogisticsHead.LogisticsNo, "ANOTHER")));
        Assert.Null(
            Find(First.Payment(), First.Payment().With(PaymentHead.OrderNo, Second.OrderNo), Second.Payment())
        );
    }

    [Fact]
    public void A_line_of_an_inbound_note_that_names_the_waybill_of_another_is_named()
    {
        var direct = First with { Mode = "9610" };
        Assert.Null(Find(direct.InboundNote(Second with { Mode = "9610" })));

        var problem = Find(direct.InboundNote(direct));

        Assert.Equal(("line-repeated", 2, "logisticsNo"), (problem!.Code.Text, problem.Line, problem.Field));
    }

    static Problem? Find(params CebDocument[] documents)
    {
        var repeats = new SignedRepeats();
        return documents.Select((d, i) => repeats.Find(d, i + 1)).OfType<Problem>().FirstOrDefault();
    }
}
