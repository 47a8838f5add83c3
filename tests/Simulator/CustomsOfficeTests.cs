using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator;
using ClearanceEngine.Simulator.Samples;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests;

public class CustomsOfficeTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    static CustomsOffice Office(double chance = 0) =>
        new(
            new CustomsSimulatorOptions
            {
                DuplicateRate = chance,
                ReorderRate = chance,
                VerifySignatures = false,
            }
        );

    static SampleParcel Parcel(Outcome outcome, string mode) =>
        new()
        {
            OrderNo = Outcomes.OrderNo(outcome, "1"),
            Mode = mode,
            Person = 1,
            Serial = "1",
            At = Now,
        };

    static string[] Codes(IEnumerable<ScheduledReceipt> receipts) =>
        [
            .. receipts
                .OrderBy(r => r.Due)
                .Select(r => r.Message.Documents[0])
                .Select(d => d.Type == CebType.TaxBill ? "816" : d[d.Schema.Head.Find("returnStatus")!]!),
        ];

    static IReadOnlyList<ScheduledReceipt> Send(
        CustomsOffice office,
        CebDocument document,
        DateTimeOffset? at = null
    ) => office.Receive(CebWriter.Write(SampleParcel.Message(document)), at ?? Now);

    [Theory]
    [InlineData(Outcome.Released, new[] { "2", "120", "800", "816" })]
    [InlineData(Outcome.Rejected, new[] { "2", "100" })]
    [InlineData(Outcome.Inspected, new[] { "2", "120", "500", "800", "816" })]
    [InlineData(Outcome.Held, new[] { "2", "120", "501" })]
    [InlineData(Outcome.ReturnedAbroad, new[] { "2", "120", "700" })]
    [InlineData(Outcome.OverLimit, new[] { "2", "-621018" })]
    [InlineData(Outcome.NoAnswer, new string[0])]
    public void The_order_number_chooses_what_becomes_of_the_list(Outcome outcome, string[] codes) =>
        Assert.Equal(codes, Codes(Send(Office(), Parcel(outcome, "1210").List())));

    [Fact]
    public void Doubled_receipts_are_the_same_receipts()
    {
        var receipts = Send(Office(), Parcel(Outcome.Duplicates, "1210").List());
        Assert.Equal(
            3,
            receipts
                .Where(r => r.Message.Type == CebType.DeclarationListReceipt)
                .GroupBy(r => r.Message.Guid)
                .Count(g => g.Count() == 2)
        );
    }

    [Theory]
    [InlineData(Outcome.OrderRefused, new[] { "100" })]
    [InlineData(Outcome.Released, new[] { "2", "120" })]
    public void Orders_are_stored_or_refused(Outcome outcome, string[] codes) =>
        Assert.Equal(codes, Codes(Send(Office(), Parcel(outcome, "1210").Order())));

    [Fact]
    public void Payments_are_refused_where_the_number_says_so() =>
        Assert.Equal(["100"], Codes(Send(Office(), Parcel(Outcome.PaymentRefused, "1210").Payment())));

    [Theory]
    [InlineData(Outcome.OrderRefused)]
    [InlineData(Outcome.PaymentRefused)]
    public void A_list_without_the_document_it_is_compared_with_is_refused(Outcome outcome) =>
        Assert.Equal(["2", "100"], Codes(Send(Office(), Parcel(outcome, "1210").List())));

    [Fact]
    public void Direct_purchase_is_released_only_after_the_entry_note()
    {
        var office = Office();
        var parcel = Parcel(Outcome.Released, "9610");
        Assert.Equal(["2", "120"], Codes(Send(office, parcel.List())));
        Assert.Equal(
            ["2", "120", "800", "816"],
            Codes(Send(office, parcel.InboundNote(), Now.AddSeconds(5)))
        );
        var early = Office();
        Send(early, parcel.InboundNote());
        Assert.Equal(["2", "120", "800", "816"], Codes(Send(early, parcel.List())));
    }

    [Fact]
    public void A_question_gets_what_was_kept_back_then_the_latest_receipt()
    {
        var office = Office();
        var parcel = Parcel(Outcome.NoAnswer, "1210");
        Send(office, parcel.List());
        var query = new CustomsQuery("CEB621Message", $"{SampleParcel.Warehouse}|{parcel.CopNo}", 1);
        Assert.Equal(["120", "800", "816"], Codes(office.Answer(query, Now)));
        Assert.Equal(["800"], Codes(office.Answer(query, Now)));
        Assert.Empty(office.Answer(query with { Key = "nobody|nothing" }, Now));
    }

    /// <summary>A trial customs that counted from one again moved parcels that stood on the numbers of the run before.</summary>
    [Fact]
    public void An_office_that_is_started_anew_gives_no_number_of_the_one_before()
    {
        var before = Office();
        var numbers = Enumerable.Range(0, 100).Select(i => Numbers(before, i, Now)).ToHashSet();
        Assert.Equal(100, numbers.Count);

        var after = Office();
        var later = Enumerable.Range(0, 100).Select(i => Numbers(after, i, Now.AddSeconds(1))).ToList();
        Assert.DoesNotContain(later, numbers.Contains);

        // At the same time by the same messages: the same.
        var again = Office();
        Assert.Equal(later, Enumerable.Range(0, 100).Select(i => Numbers(again, i, Now.AddSeconds(1))));

        static (string, string) Numbers(CustomsOffice office, int serial, DateTimeOffset at)
        {
            var parcel = Parcel(Outcome.Released, "1210") with
            {
                OrderNo = Outcomes.OrderNo(Outcome.Released, $"{serial}"),
                Serial = $"{serial}",
            };
            var stored = Send(office, parcel.List(), at)
                .Select(r => r.Message.Documents[0])
                .First(d =>
                    d.Type == CebType.DeclarationListReceipt && d[InventoryReturn.InvtNo] is not null
                );
            Assert.Equal(18, stored.Required(InventoryReturn.InvtNo).Length);
            return (stored.Required(InventoryReturn.PreNo), stored.Required(InventoryReturn.InvtNo));
        }
    }

    [Fact]
    public void A_list_declared_twice_is_told_so()
    {
        var office = Office();
        Send(office, Parcel(Outcome.Released, "1210").List());
        Assert.Equal(["-621004"], Codes(Send(office, Parcel(Outcome.Released, "1210").List())));
    }

    [Fact]
    public void Bad_format_and_missing_signatures_are_answered_by_CEB900()
    {
        var message = SampleParcel.Message(
            Parcel(Outcome.Released, "1210").Order().With(OrderHead.Currency, "840")
        );
        var error = Assert.Single(Office().Receive(CebWriter.Write(message), Now)).Message.Documents[0];
        Assert.Equal((CebType.FormatError, message.Guid), (error.Type, error[MessageReturn.OriCopMsgId]));
        var strict = new CustomsOffice(new CustomsSimulatorOptions());
        Assert.Equal(
            CebType.FormatError,
            Assert.Single(Send(strict, Parcel(Outcome.Released, "1210").List())).Message.Type
        );
    }

    [Fact]
    public void The_tax_bill_is_the_sum_of_its_lines()
    {
        var bill = Send(Office(), Parcel(Outcome.Released, "1210").List())
            .Single(r => r.Message.Type == CebType.TaxBill)
            .Message.Documents[0];
        Assert.Equal("39.13", bill[TaxHeadRd.ValueAddedTax]);
        Assert.Equal(
            39.13m,
            Enumerable.Range(0, bill.LineCount).Sum(i => CebAmount.Of(bill[i, TaxListRd.ValueAddedTax]))
        );
    }

    [Fact]
    public void Every_receipt_is_a_valid_message_whatever_chance_does() =>
        Gen.Select(Gen.Enum<Outcome>(), Gen.Bool, Gen.Double[0, 1])
            .Sample(
                (outcome, bonded, chance) =>
                    Send(Office(chance), Parcel(outcome, bonded ? "1210" : "9610").List())
                        .All(r =>
                            CebReader
                                .Read(CebWriter.Write(r.Message))
                                .Documents[0]
                                .SameAs(r.Message.Documents[0])
                            && r.Due >= Now
                        )
            );

    [Theory]
    [InlineData("SIM-HELD-1", Outcome.Held)]
    [InlineData("SIM-held-x-y", Outcome.Held)]
    [InlineData("SIM-3-x", Outcome.Released)]
    [InlineData("SIM", Outcome.Released)]
    [InlineData("ORDER-HELD-1", Outcome.Released)]
    [InlineData(null, Outcome.Released)]
    public void Only_SIM_numbers_choose(string? orderNo, Outcome outcome) =>
        Assert.Equal(outcome, Outcomes.Of(orderNo));
}
