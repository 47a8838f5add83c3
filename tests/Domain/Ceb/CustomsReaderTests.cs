using System.Text;
using System.Text.Unicode;
using ClearanceEngine.Ceb;
using ClearanceEngine.Ceb.Customs;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Parcels;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>What customs and the E-Port send is read whatever it looks like; participants are held to the schema.</summary>
public class CustomsReaderTests
{
    const string Info = "[Code:2600;Desc:放行，货物已装车 𠮷]";

    static readonly DateTimeOffset Arrived = new(2026, 11, 29, 9, 30, 0, 123, CebTime.BeijingOffset);

    static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    static readonly CebDocument Release = CebDocument.Create(
        CebType.DeclarationListReceipt,
        (InventoryReturn.Guid, "5B0F6A52-6F0E-4B0E-9D5C-0F2C6F1E7A01"),
        (InventoryReturn.AgentCode, "4401960KLM"),
        (InventoryReturn.CopNo, "KLM-COP-0071"),
        (InventoryReturn.PreNo, "B20261129000071000"),
        (InventoryReturn.ReturnStatus, "800"),
        (InventoryReturn.ReturnTime, "20261129093000555"),
        (InventoryReturn.ReturnInfo, Info)
    );

    static readonly CebDocument OrderTaken = CebDocument.Create(
        CebType.OrderReceipt,
        (OrderReturn.Guid, "5B0F6A52-6F0E-4B0E-9D5C-0F2C6F1E7A02"),
        (OrderReturn.EbpCode, "4401960EFG"),
        (OrderReturn.EbcCode, "4401960HIJ"),
        (OrderReturn.OrderNo, "KLM-ORD-0071"),
        (OrderReturn.ReturnStatus, "2"),
        (OrderReturn.ReturnTime, "20261129092900000"),
        (OrderReturn.ReturnInfo, "申报成功")
    );

    public static TheoryData<string> Irregularities => [.. Irregular.All.Select(i => i.Name)];

    [Theory]
    [MemberData(nameof(Irregularities))]
    public void Customs_is_read_with_every_word(string irregularity)
    {
        var message = Returns(Irregular.Find(irregularity).Spoil(Xml(Release)));
        Assert.Empty(message.Faults);
        Assert.True(
            Assert.Single(message.Answers).SameAs(Release),
            Assert.Single(message.Answers)[InventoryReturn.ReturnInfo]
        );
    }

    [Theory]
    [MemberData(nameof(Irregularities))]
    public void A_participant_is_told_what_is_wrong_with_it(string irregularity)
    {
        var irregular = Irregular.Find(irregularity);
        var order = SampleParcel.Message(ParcelWorld.Bonded.Order());
        var xml = Encoding.UTF8.GetString(CebWriter.Write(WithChinese(order)));
        Assert.Equal(
            irregular.Code,
            Assert.Throws<CebFormatException>(() => CebParser.Read(irregular.Spoil(xml))).Code
        );
        Assert.Equal(
            irregular.Code,
            Assert.Throws<CebFormatException>(() => CebParser.Read(irregular.Spoil(Xml(Release)))).Code
        );
    }

    [Fact]
    public void What_is_skipped_is_named_once_and_cleanly()
    {
        const string Person = "440106199003072341";
        var xml = Xml(Release)
            .Replace(
                "</ceb:InventoryReturn>",
                $"<ceb:note>{Person}</ceb:note><ceb:note/><ceb:n{Person} lang=\"zh\"/><a:b xmlns:a=\"urn:a\"><a:c/></a:b></ceb:InventoryReturn>",
                StringComparison.Ordinal
            );
        var message = Returns(Encoding.UTF8.GetBytes(xml));
        Assert.True(Assert.Single(message.Answers).SameAs(Release));
        Assert.Equal(
            [
                "surplus attribute lang",
                "surplus element b",
                "surplus element n440*************41",
                "surplus element note",
            ],
            message.Remarks.Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(message.Remarks, r => r.Contains(Person, StringComparison.Ordinal));
    }

    [Fact]
    public void Remarks_are_as_many_as_anybody_reads()
    {
        var many = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"<ceb:x{i}/>"));
        var message = Returns(
            Encoding.UTF8.GetBytes(
                Xml(Release)
                    .Replace(
                        "</ceb:InventoryReturn>",
                        $"{many}</ceb:InventoryReturn>",
                        StringComparison.Ordinal
                    )
            )
        );
        Assert.Equal(CustomsReader.MostRemarks, message.Remarks.Length);
    }

    [Fact]
    public void Blanks_about_a_text_are_none_of_it()
    {
        var indented = Xml(Release)
            .Replace("<ceb:", "\r\n\t<ceb:", StringComparison.Ordinal)
            .Replace(">800<", ">\r\n  800\u3000\r\n<", StringComparison.Ordinal);
        Assert.True(Assert.Single(Returns(Encoding.UTF8.GetBytes(indented)).Answers).SameAs(Release));
    }

    [Theory]
    [InlineData("2026-11-29 09:30:00.555", "20261129093000555")]
    [InlineData("2026-11-29T09:30:00", "20261129093000000")]
    [InlineData("20261129093000", "20261129093000000")]
    [InlineData("202611290930005", "20261129093000500")]
    [InlineData("29.11.2026", "20261129093000123")]
    [InlineData("20261332093000555", "20261129093000123")]
    [InlineData("", "20261129093000123")]
    public void A_time_is_taken_in_any_form_and_else_is_that_of_the_record(string written, string read)
    {
        var message = Returns(Release.With(InventoryReturn.ReturnTime, written));
        Assert.Equal(read, message.Answers[0][InventoryReturn.ReturnTime]);
        Assert.Equal(["mended field returnTime"], message.Remarks);
    }

    [Fact]
    public void A_return_without_a_guid_gets_one_of_its_own_that_it_gets_again()
    {
        string Guid(CebDocument receipt) =>
            Returns(receipt.With(InventoryReturn.Guid, null)).Answers[0][InventoryReturn.Guid]!;

        Assert.Equal(36, Guid(Release).Length);
        Assert.Equal(Guid(Release), Guid(Release));
        Assert.NotEqual(Guid(Release), Guid(Release.With(InventoryReturn.ReturnStatus, "120")));
    }

    [Fact]
    public void Several_returns_of_several_kinds_in_one_message_are_all_read_in_their_order()
    {
        var second = Release.With(InventoryReturn.ReturnStatus, "120");
        var message = Returns(
            Encoding.UTF8.GetBytes(
                Of(Body(Release), Body(OrderTaken), Body(second), Body(TaxBill), Body(TaxState))
            )
        );
        Assert.Equal(
            [
                CebType.DeclarationListReceipt,
                CebType.OrderReceipt,
                CebType.DeclarationListReceipt,
                CebType.TaxBill,
                CebType.TaxBillState,
            ],
            message.Answers.Select(a => a.Type)
        );
        Assert.True(message.Answers[2].SameAs(second));
        Assert.True(message.Answers[3].SameAs(TaxBill));
    }

    [Theory]
    [InlineData("field-missing", "<ceb:returnStatus>800</ceb:returnStatus>", "")]
    [InlineData("duplicate-element", "</ceb:copNo>", "</ceb:copNo><ceb:copNo>KLM-COP-0072</ceb:copNo>")]
    [InlineData("field-too-long", "KLM-COP-0071", "KLM-COP-0071-0071-0071-0071")]
    public void One_bad_return_is_named_and_its_neighbours_are_read(string code, string good, string bad)
    {
        var spoiled = Body(Release).Replace(good, bad, StringComparison.Ordinal);
        var message = Returns(Encoding.UTF8.GetBytes(Of(Body(OrderTaken), spoiled, Body(Release))));
        Assert.Equal(
            [CebType.OrderReceipt, CebType.DeclarationListReceipt],
            message.Answers.Select(a => a.Type)
        );
        var fault = Assert.Single(message.Faults);
        Assert.Equal(code, fault.Code);
        Assert.Contains("Return 2, InventoryReturn", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tax_bill_whose_amounts_are_no_numbers_is_not_taken_for_zero()
    {
        var spoiled = Body(TaxBill).Replace(">12.50<", ">about 12<", StringComparison.Ordinal);
        var message = Returns(Encoding.UTF8.GetBytes(Of(spoiled, Body(Release))));
        Assert.Equal("not-a-number", Assert.Single(message.Faults).Code);
        Assert.Equal(CebType.DeclarationListReceipt, Assert.Single(message.Answers).Type);
    }

    [Theory]
    [InlineData("</ceb:CEB312Message>", "", "not-xml")]
    [InlineData("</ceb:CEB312Message>", "<ceb:OrderReturn><ceb:guid>", "not-xml")]
    [InlineData("</ceb:CEB312Message>", "&nobody;</ceb:CEB312Message>", "not-xml")]
    public void What_stands_before_a_break_is_read(string good, string bad, string code)
    {
        var broken = Of(Body(Release), Body(OrderTaken)).Replace(good, bad, StringComparison.Ordinal);
        var message = Returns(Encoding.UTF8.GetBytes(broken));
        Assert.Equal(2, message.Answers.Length);
        Assert.Equal(code, Assert.Single(message.Faults).Code);
    }

    [Theory]
    [InlineData("CEB621Message", "not-a-receipt")]
    [InlineData("CEB303Message", "unknown-message")]
    [InlineData("TransReply", "unknown-message")]
    public void What_is_no_receipt_is_named_and_no_fault(string root, string code)
    {
        var other = Assert.IsType<CustomsReading.Other>(
            Read(
                Encoding.UTF8.GetBytes(
                    $"<ceb:{root} xmlns:ceb=\"{CebSchema.Namespace}\"><ceb:Body>1</ceb:Body></ceb:{root}>"
                )
            )
        );
        Assert.Equal((root, code), (other.Kind, other.Code));
        Assert.Contains(root, other.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    [InlineData("{\"hello\":1}")]
    public void So_is_what_says_nothing(string text) =>
        Assert.IsType<CustomsReading.Other>(Read(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("nonsense", "not-xml")]
    [InlineData("<ceb:CEB312Message", "not-xml")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"b\">]><CEB312Message/>", "dtd-forbidden")]
    [InlineData("<CEB312Message/>", "no-documents")]
    [InlineData("<CEB816Message><Tax><who/></Tax></CEB816Message>", "head-missing")]
    public void What_cannot_be_read_at_all_says_why(string text, string code) =>
        Assert.Equal(code, Assert.Throws<CebFormatException>(() => Read(Encoding.UTF8.GetBytes(text))).Code);

    [Fact]
    public void Liberal_is_not_boundless()
    {
        string Code(string text, CebLimits limits) =>
            Assert
                .Throws<CebFormatException>(() =>
                    CustomsReader.Read(Encoding.UTF8.GetBytes(text), Arrived, limits)
                )
                .Code;
        var deep = string.Concat(Enumerable.Repeat("<a>", 400_000));

        Assert.Equal("too-large", Code(new string(' ', 2_000), new CebLimits { MessageBytes = 1_999 }));
        Assert.Equal("too-deep", Code($"<CEB312Message><x>{deep}", new CebLimits()));
        Assert.Equal("too-deep", Code($"<CEB312Message><OrderReturn>{deep}", new CebLimits()));
        Assert.Equal(
            "too-many-elements",
            Code($"<CEB312Message>{Body(OrderTaken)}</CEB312Message>", new CebLimits { UnboundedItems = 3 })
        );
        var message = Assert.IsType<CustomsReading.Returns>(
            CustomsReader.Read(
                Encoding.UTF8.GetBytes(Of([.. Enumerable.Repeat(Body(OrderTaken), 30)])),
                Arrived,
                new CebLimits { UnboundedItems = 20 }
            )
        );
        Assert.Equal(
            (20, "too-many-documents"),
            (message.Answers.Length, Assert.Single(message.Faults).Code)
        );
    }

    [Fact]
    public void Words_that_are_too_long_are_cut_and_never_in_a_number()
    {
        var message = Returns(
            Release.With(
                InventoryReturn.ReturnInfo,
                new string('长', 990) + "440106199003072341" + new string('字', 900)
            )
        );
        var info = message.Answers[0][InventoryReturn.ReturnInfo]!;
        Assert.Equal(new string('长', 990) + "…", info);
    }

    /// <summary>The characters of everyday Chinese: no text of them in GB is ever valid UTF-8 with Chinese in it.</summary>
    static readonly Gen<string> Everyday = Gen.Select(Gen.Int[0xB0, 0xD6], Gen.Int[0xA1, 0xFE])
        .Select((lead, trail) => Gb18030.GetString([(byte)lead, (byte)trail]))
        .Array[1, 40]
        .Select(string.Concat);

    [Fact]
    public void Chinese_is_read_right_in_either_encoding_whatever_the_message_says() =>
        Gen.Select(Everyday, Gen.Bool, Gen.Int[0, 4])
            .Sample(
                (words, gb, said) =>
                {
                    var says = ((string?[])["gb2312", "GBK", "GB18030", "UTF-8", null])[said];
                    // Few characters of GB may be those of another script in UTF-8; then only what the message says can tell.
                    if (gb && says is "UTF-8" or null && Utf8.IsValid(Gb18030.GetBytes(words)))
                        return;
                    var xml =
                        (says is null ? "" : $"<?xml version=\"1.0\" encoding=\"{says}\"?>")
                        + Xml(Release.With(InventoryReturn.ReturnInfo, words));
                    var message = Returns((gb ? Gb18030 : Encoding.UTF8).GetBytes(xml));
                    Assert.Equal(words, message.Answers[0][InventoryReturn.ReturnInfo]);
                },
                iter: 3_000
            );

    [Fact]
    public void A_text_in_another_encoding_or_cut_in_a_character_spoils_itself_only()
    {
        var parts = Xml(Release).Split(Info);
        byte[] Cut(byte[] words) =>
            [.. Encoding.UTF8.GetBytes(parts[0]), .. words[..^1], .. Encoding.UTF8.GetBytes(parts[1])];

        var gb = Returns(Cut(Gb18030.GetBytes("海关放行通知")));
        Assert.StartsWith("海关放行通", gb.Answers[0][InventoryReturn.ReturnInfo], StringComparison.Ordinal);
        var utf8 = Returns(Cut(Encoding.UTF8.GetBytes("海关放行通知")));
        Assert.StartsWith(
            "海关放行通",
            utf8.Answers[0][InventoryReturn.ReturnInfo],
            StringComparison.Ordinal
        );
        Assert.Equal("800", utf8.Answers[0][InventoryReturn.ReturnStatus]);
        Assert.Empty(gb.Faults.Concat(utf8.Faults));
    }

    static readonly CebDocument TaxBill = CebDocument
        .Create(
            CebType.TaxBill,
            (TaxHeadRd.Guid, "5B0F6A52-6F0E-4B0E-9D5C-0F2C6F1E7A03"),
            (TaxHeadRd.ReturnTime, "20261129100000000"),
            (TaxHeadRd.InvtNo, "510120261000000071"),
            (TaxHeadRd.TaxNo, "T0071"),
            (TaxHeadRd.CustomsTax, "0"),
            (TaxHeadRd.ValueAddedTax, "12.50"),
            (TaxHeadRd.ConsumptionTax, "0"),
            (TaxHeadRd.Status, "1")
        )
        .AddLine((TaxListRd.Gnum, "1"), (TaxListRd.Gcode, "3304990039"), (TaxListRd.TaxPrice, "100"));

    static readonly CebDocument TaxState = CebDocument.Create(
        CebType.TaxBillState,
        (TaxHeadStatus.Guid, "5B0F6A52-6F0E-4B0E-9D5C-0F2C6F1E7A04"),
        (TaxHeadStatus.ReturnTime, "20261129110000000"),
        (TaxHeadStatus.InvtNo, "510120261000000071"),
        (TaxHeadStatus.TaxNo, "T0071"),
        (TaxHeadStatus.Status, "2")
    );

    static CustomsReading Read(byte[] bytes) => CustomsReader.Read(bytes, Arrived);

    static CustomsReading.Returns Returns(byte[] bytes) => Assert.IsType<CustomsReading.Returns>(Read(bytes));

    static CustomsReading.Returns Returns(CebDocument receipt) =>
        Returns(Encoding.UTF8.GetBytes(Xml(receipt)));

    static string Xml(CebDocument receipt) =>
        Encoding.UTF8.GetString(
            CebWriter.Write(
                new CebMessage(receipt.Type, "0E9B1C94-7C0B-4B53-8D41-5A3C1E9F0071", "1.0", [receipt])
            )
        );

    /// <summary>The receipt's own element.</summary>
    static string Body(CebDocument receipt)
    {
        var xml = Xml(receipt);
        return xml[
            (xml.IndexOf('>', StringComparison.Ordinal) + 1)..xml.LastIndexOf("</", StringComparison.Ordinal)
        ];
    }

    static string Of(params string[] returns) =>
        $"<ceb:CEB312Message xmlns:ceb=\"{CebSchema.Namespace}\" guid=\"0E9B1C94-7C0B-4B53-8D41-5A3C1E9F0072\" version=\"1.0\">{string.Concat(returns)}</ceb:CEB312Message>";

    static CebMessage WithChinese(CebMessage order) =>
        order with
        {
            Documents = [order.Documents[0].With(OrderHead.EbpName, "虚构电商平台")],
        };
}
