using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Parcels;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

public class CebValueTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("+0012.30", "12.3")]
    [InlineData("-1.5", "-1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("12345678901234.12345", "12345678901234.12345")]
    public void Decimals_of_the_schema_are_read(string text, string value) =>
        Assert.Equal(
            decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
            CebAmount.Parse(text)
        );

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("1.123456")]
    [InlineData("12345678901234567890")]
    [InlineData("NaN")]
    [InlineData("1.2.3")]
    [InlineData("123456789012345")]
    public void What_is_no_decimal_of_the_schema_is_not(string text) => Assert.Null(CebAmount.Parse(text));

    [Fact]
    public void Fen_come_from_one_half_up_rounding()
    {
        Assert.Equal(3731, CebAmount.ToFen(37.305m + 0.0001m));
        Assert.Equal(1, CebAmount.ToFen(0.005m));
        Gen.Long[0, 1_000_000_000]
            .Sample(fen => CebAmount.ToFen(CebAmount.Of(CebAmount.FromFen(fen))) == fen);
    }

    [Fact]
    public void Times_are_Beijing_time()
    {
        var time = CebTime.Parse("20261231235959")!.Value;
        Assert.Equal(new DateTimeOffset(2026, 12, 31, 15, 59, 59, TimeSpan.Zero), time);
        Assert.Equal("20261231235959", CebTime.Format(time));
        Assert.Equal(2027, CebTime.BeijingYear(new DateTimeOffset(2026, 12, 31, 16, 0, 0, TimeSpan.Zero)));
        Assert.Null(CebTime.Parse("20260230000000"));
        Assert.Null(CebTime.Parse("00010101000000"));
    }

    [Fact]
    public void Name_based_guids_follow_RFC_9562() =>
        Assert.Equal(
            new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"),
            UuidV5.Of(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com")
        );

    [Fact]
    public void Each_fault_of_a_field_is_named()
    {
        var parcel = new SampleParcel
        {
            OrderNo = "V-1",
            Mode = "1210",
            Person = 1,
            Serial = "1",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
        var list = parcel.List();
        Assert.Empty(CebValidator.Check(list));
        Expect(list.With(InventoryHead.EmsNo, null), "required-in-mode", "emsNo");
        Expect(list.With(InventoryHead.Country, "116"), "value-not-allowed", "country");
        Expect(list.With(InventoryHead.Freight, "-1"), "negative-number", "freight");
        Expect(list.With(InventoryHead.Freight, "1e1"), "not-a-number", "freight");
        Expect(list.With(InventoryHead.OrderNo, null), "field-missing", "orderNo");
        Expect(list.With(InventoryHead.OrderNo, new string('x', 61)), "field-too-long", "orderNo");
        Expect(list.With(InventoryHead.Guid, "short"), "field-too-short", "guid");
        Expect(list.With(InventoryHead.DeclTime, "20261301"), "not-a-date", "declTime");
        Expect(list.With(InventoryHead.AppTime, "20261120256000"), "not-a-time", "appTime");
        Expect(list.With(InventoryHead.PackNo, "2"), "more-than-one-pack", "packNo");
        Expect(list.With(InventoryHead.NetWeight, "9"), "weights-wrong", "grossWeight");
        Expect(
            new CebDocument(CebType.DeclarationList, [.. InventoryHead.Entity.Fields.Select(f => list[f])]),
            "no-lines",
            "InventoryList"
        );
        Expect(list.WithLines([0, 0]), "line-number-repeated", "gnum");
        Expect(
            (parcel with { Mode = "9610" }).List().With(InventoryHead.VoyageNo, null),
            "required-in-mode",
            "voyageNo"
        );
    }

    /// <summary>1210 is exempt from some elements (免填): a port may take them filled, or forbid that.</summary>
    [Fact]
    public void What_1210_is_exempt_from_may_be_filled_unless_the_port_forbids_it()
    {
        var list = ParcelWorld.Bonded.List().With(InventoryHead.TrafNo, "X");

        Assert.Empty(CebValidator.Check(list));
        var forbidden = Assert.Single(CebValidator.Check(list, new CebCheck(ExemptMayBeFilled: false)));
        Assert.Equal(("forbidden-in-mode", "trafNo"), (forbidden.Code, forbidden.Field));
        Assert.EndsWith(
            "must not be given for 1210; remove the element.",
            forbidden.Text,
            StringComparison.Ordinal
        );
    }

    /// <summary>Many programs write every element that they know, filled or not.</summary>
    [Fact]
    public void Empty_optional_elements_say_what_absent_ones_say()
    {
        var list = ParcelWorld.Bonded.List();
        var wordy = list.With(InventoryHead.WrapType, "")
            .With(InventoryHead.IeDate, "")
            .AddLine([.. InventoryList.Entity.Fields.Select(f => (f, list[0, f] ?? ""))]);

        Assert.DoesNotContain(CebValidator.Check(wordy), p =>
            p.Field is "wrapType" or "ieDate" or "qty2" or "unit2"
        );
        var brief = wordy.WithoutEmpty();
        Assert.True(brief.WithLines([.. Enumerable.Range(0, list.LineCount)]).SameAs(list));
        Assert.Null(brief[list.LineCount, InventoryList.Qty2]);
        Assert.Same(brief, brief.WithoutEmpty());
    }

    /// <summary>An empty element that must be there stays and is told of, and so does one that a mode asks for.</summary>
    [Fact]
    public void Empty_required_elements_stay_and_are_to_be_filled_in()
    {
        var list = ParcelWorld.Bonded.List().With(InventoryHead.OrderNo, "").With(InventoryHead.EmsNo, "");

        Assert.Equal("", list.WithoutEmpty()[InventoryHead.OrderNo]);
        Assert.All(CebValidator.Check(list), p =>
            Assert.EndsWith("fill it in.", p.Text, StringComparison.Ordinal)
        );
        Assert.Equal(
            [("field-missing", "orderNo"), ("required-in-mode", "emsNo")],
            CebValidator.Check(list).Select(p => (p.Code.Text, p.Field!))
        );
    }

    [Fact]
    public void A_malformed_optional_element_may_be_removed_and_a_required_one_not()
    {
        var list = ParcelWorld.Bonded.List();
        var optional = Assert.Single(CebValidator.Check(list.With(InventoryHead.IeDate, "20261301")));
        var required = Assert.Single(CebValidator.Check(list.With(InventoryHead.DeclTime, "20261301")));

        Assert.EndsWith("; remove the element or correct it.", optional.Text, StringComparison.Ordinal);
        Assert.Contains("请删除该元素或更正。", optional.Text, StringComparison.Ordinal);
        Assert.EndsWith("yyyyMMdd; correct it.", required.Text, StringComparison.Ordinal);
    }

    /// <summary>Nothing is taken out of what its participant signed, so customs would refuse the whole message.</summary>
    [Fact]
    public void In_a_signed_message_an_empty_number_or_date_is_to_be_removed_before_signing()
    {
        var list = ParcelWorld.Bonded.List().With(InventoryHead.IeDate, "").With(InventoryHead.WrapType, "");

        var problem = Assert.Single(CebValidator.Check(list, new CebCheck(LeavesAsItIs: true)));
        Assert.Equal(("element-empty", "ieDate"), (problem.Code, problem.Field));
        Assert.EndsWith(
            "remove the element, sign the message again and send it.",
            problem.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_problem_text_ever_shows_an_id_number()
    {
        const string Id = "999999199001010016X-too-long-for-the-field-too-long-for-the-field-x";
        var order = new SampleParcel
        {
            OrderNo = "V-2",
            Mode = "1210",
            Person = 1,
            Serial = "1",
            At = DateTimeOffset.UnixEpoch,
        }
            .Order()
            .With(OrderHead.BuyerIdNumber, Id);
        Assert.All(CebValidator.Check(order), p =>
            Assert.DoesNotContain("9999991990", p.Text, StringComparison.Ordinal)
        );
        Assert.Contains(CebValidator.Check(order), p => p.Field == "buyerIdNumber");
    }

    [Fact]
    public void No_number_that_passes_overflows_a_product_or_fen()
    {
        var most = CebAmount.Parse("99999999999999.99999")!.Value;
        Assert.True(most * most > 0);
        Assert.True(CebAmount.ToFen(most * 100) > 0);
    }

    [Fact]
    public void A_document_with_very_many_faults_names_the_first_and_says_that_there_are_more()
    {
        var order = new SampleParcel
        {
            OrderNo = "V-3",
            Mode = "1210",
            Person = 1,
            Serial = "1",
            At = DateTimeOffset.UnixEpoch,
        }.Order();
        for (var i = 0; i < 97; i++)
            order = order.AddLine();
        var problems = CebValidator.Check(order);
        Assert.Equal(
            (CebValidator.MostProblems + 1, "further-problems"),
            (problems.Count, problems[^1].Code)
        );
    }

    [Fact]
    public void What_is_cut_never_ends_in_half_of_a_character()
    {
        for (var most = 1; most < 8; most++)
            Assert.All(Clip.To("a𠮷b𠮷c𠮷d", most).EnumerateRunes(), r =>
                Assert.NotEqual(System.Text.Rune.ReplacementChar, r)
            );
        Assert.Equal("a𠮷", Clip.To("a𠮷", 3));
        Assert.Equal("\uFFFDa\uFFFD\uFFFD", Clip.To("\u0001a\uD800\uFFFE", 9));
    }

    static void Expect(CebDocument document, string code, string field) =>
        Assert.Contains(CebValidator.Check(document), p => p.Code == code && p.Field == field);
}
