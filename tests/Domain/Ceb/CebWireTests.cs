using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using ClearanceEngine.Ceb;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

public class CebWireTests
{
    static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples", "sample-order");

    [Fact]
    public void What_is_written_reads_back_the_same_for_every_type() =>
        CebGen.Message.Sample(
            message => Same(message, CebReader.Read(CebWriter.Write(message))),
            iter: 1_000
        );

    [Fact]
    public void The_JSON_form_reads_back_the_same() =>
        CebGen.Message.Sample(message => Same(message, CebParser.Read(CebJson.Write(message))), iter: 500);

    [Fact]
    public void What_is_written_is_its_own_canonical_form() =>
        CebGen.Message.Sample(
            message =>
            {
                var written = CebWriter.Write(message);
                var document = new XmlDocument { PreserveWhitespace = true };
                document.Load(new MemoryStream(written));
                var transform = new XmlDsigC14NTransform();
                transform.LoadInput(document);
                using var canonical = (MemoryStream)transform.GetOutput(typeof(Stream));
                return canonical.ToArray().AsSpan().SequenceEqual(written);
            },
            iter: 500
        );

    [Theory]
    [InlineData("CEB311.xml", CebType.Order, 2)]
    [InlineData("CEB411.xml", CebType.Payment, 0)]
    [InlineData("CEB511.xml", CebType.Waybill, 0)]
    [InlineData("CEB621.xml", CebType.DeclarationList, 2)]
    public void The_sample_order_reads_and_is_valid(string file, CebType type, int lines)
    {
        var message = CebReader.Read(File.ReadAllBytes(Path.Combine(Samples, file)));
        Assert.Equal(type, message.Type);
        Assert.Equal(lines, message.Documents[0].LineCount);
        Assert.Equal(type == CebType.DeclarationList, message.IsSigned);
        Assert.Empty(CebValidator.Check(message.Documents[0]));
        Assert.Empty(CebValidator.CheckFrame(message));
    }

    [Fact]
    public void Receipts_in_the_default_namespace_read_too()
    {
        var receipt = Read(
            """<CEB312Message xmlns="http://www.chinaport.gov.cn/ceb" guid="g" version="1.0"><OrderReturn><guid>x</guid><orderNo>1</orderNo></OrderReturn></CEB312Message>"""
        );
        Assert.Equal("1", receipt.Documents[0][OrderReturn.OrderNo]);
    }

    [Fact]
    public void A_byte_order_mark_and_a_declaration_are_accepted()
    {
        var text =
            "\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            + Encoding.UTF8.GetString(CebWriter.Write(Minimal));
        Assert.Equal(Minimal.Type, CebReader.Read(Encoding.UTF8.GetBytes(text)).Type);
    }

    [Theory]
    [InlineData("not-xml", "<ceb:CEB311Message")]
    [InlineData("dtd-forbidden", "<!DOCTYPE x [<!ENTITY a \"b\">]><x/>")]
    [InlineData(
        "unknown-message",
        "<CEB999Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\"/>"
    )]
    [InlineData("unknown-message", "<CEB311Message guid=\"\" version=\"\"/>")]
    [InlineData("root-attribute-missing", "<CEB311Message xmlns=\"http://www.chinaport.gov.cn/ceb\"/>")]
    [InlineData(
        "no-documents",
        "<CEB311Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\"/>"
    )]
    [InlineData(
        "unknown-element",
        "<CEB312Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\"><OrderReturn><who/></OrderReturn></CEB312Message>"
    )]
    [InlineData(
        "duplicate-element",
        "<CEB312Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\"><OrderReturn><guid/><guid/></OrderReturn></CEB312Message>"
    )]
    [InlineData(
        "wrong-order",
        "<CEB312Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\"><OrderReturn><orderNo/><guid/></OrderReturn></CEB312Message>"
    )]
    [InlineData(
        "wrong-namespace",
        "<CEB312Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\"><OrderReturn xmlns=\"\"/></CEB312Message>"
    )]
    [InlineData(
        "text-between-elements",
        "<CEB312Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"\" version=\"\">x</CEB312Message>"
    )]
    [InlineData("wrong-encoding", "<?xml version=\"1.0\" encoding=\"GBK\"?><x/>")]
    public void Bad_messages_are_refused_with_their_reason(string code, string xml) =>
        Assert.Equal(code, Assert.Throws<CebFormatException>(() => Read(xml)).Code);

    [Fact]
    public void A_text_in_very_many_pieces_is_read_in_time()
    {
        var pieces = string.Concat(Enumerable.Repeat("9<!---->", 450_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var message = Read(
            $"<ceb:CEB312Message xmlns:ceb=\"{CebSchema.Namespace}\" guid=\"\" version=\"\"><ceb:OrderReturn><ceb:orderNo>{pieces}</ceb:orderNo></ceb:OrderReturn></ceb:CEB312Message>"
        );
        Assert.Equal(450_000, message.Documents[0][OrderReturn.OrderNo]!.Length);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData("forbidden-character", "\\ud800")]
    [InlineData("forbidden-character", "\\u0000")]
    [InlineData("forbidden-character", "\\uffff")]
    public void JSON_texts_that_XML_cannot_carry_are_refused(string code, string text) =>
        Assert.Equal(
            code,
            Assert
                .Throws<CebFormatException>(() =>
                    CebParser.Read(
                        Encoding.UTF8.GetBytes(
                            $$$$"""{"CEB411Message":{"guid":"g","version":"1.0","Payment":{"PaymentHead":{"orderNo":"{{{{text}}}}"}},"BaseTransfer":{}}}"""
                        )
                    )
                )
                .Code
        );

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused() =>
        Assert.Equal(
            "wrong-encoding",
            Assert
                .Throws<CebFormatException>(() =>
                    CebReader.Read(Encoding.Latin1.GetBytes("<a>\u00E9\u00E9</a>"))
                )
                .Code
        );

    [Fact]
    public void A_message_over_the_limit_is_refused_unread() =>
        Assert.Equal(
            "too-large",
            Assert
                .Throws<CebFormatException>(() =>
                    CebReader.Read(new byte[2_000], new CebLimits { MessageBytes = 1_999 })
                )
                .Code
        );

    [Fact]
    public void More_than_a_hundred_documents_are_refused()
    {
        var message = Minimal with { Documents = [.. Enumerable.Repeat(Minimal.Documents[0], 101)] };
        Assert.Equal(
            "too-many-documents",
            Assert.Throws<CebFormatException>(() => CebReader.Read(CebWriter.Write(message))).Code
        );
    }

    [Fact]
    public void The_sender_is_known_even_if_the_rest_is_broken()
    {
        var text = Encoding
            .UTF8.GetString(CebWriter.Write(Minimal))
            .Replace("</ceb:CEB411Message>", "<ceb:oops/></ceb:CEB411Message>", StringComparison.Ordinal);
        Assert.Equal("9999900003", Assert.Throws<CebFormatException>(() => Read(text)).CopCode);
        // Also where the fault stands before it.
        text = Encoding
            .UTF8.GetString(CebWriter.Write(Minimal))
            .Replace("<ceb:orderNo>", "<ceb:oops><a/></ceb:oops><ceb:orderNo>", StringComparison.Ordinal);
        var fault = Assert.Throws<CebFormatException>(() => Read(text));
        Assert.Equal(("unknown-element", "9999900003", "g"), (fault.Code, fault.CopCode, fault.MessageGuid));
    }

    [Theory]
    [InlineData(
        """{"CEB411Message":{"guid":"g","version":"1.0","Payment":{"PaymentHead":{"amountPaid":12.50}},"BaseTransfer":{"copCode":"1"}}}""",
        "12.50"
    )]
    [InlineData(
        """{"CEB411Message":{"guid":"g","version":"1.0","Payment":[{"PaymentHead":{"amountPaid":"12.500"}}],"BaseTransfer":{"copCode":"1"}}}""",
        "12.500"
    )]
    public void JSON_numbers_keep_their_text(string json, string amount) =>
        Assert.Equal(
            amount,
            CebParser.Read(Encoding.UTF8.GetBytes(json)).Documents[0][PaymentHead.AmountPaid]
        );

    [Theory]
    [InlineData(
        "not-a-number",
        """{"CEB411Message":{"guid":"g","version":"1.0","Payment":{"PaymentHead":{"amountPaid":1e2}},"BaseTransfer":{}}}"""
    )]
    [InlineData(
        "unknown-element",
        """{"CEB411Message":{"guid":"g","version":"1.0","Payment":{"PaymentHead":{"amount":"1"}},"BaseTransfer":{}}}"""
    )]
    [InlineData("not-json", """{"CEB411Message":{"guid":"g","guid":"h"}}""")]
    [InlineData(
        "transfer-missing",
        """{"CEB411Message":{"guid":"g","version":"1.0","Payment":{"PaymentHead":{}}}}"""
    )]
    public void Bad_JSON_is_refused_with_its_reason(string code, string json) =>
        Assert.Equal(
            code,
            Assert.Throws<CebFormatException>(() => CebParser.Read(Encoding.UTF8.GetBytes(json))).Code
        );

    [Fact]
    public void An_order_may_name_its_waybill_in_JSON_and_never_in_XML()
    {
        var order = CebParser.Read(
            """{"CEB311Message":{"guid":"g","version":"1.0","Order":{"OrderHead":{"logisticsNo":"W1"}},"BaseTransfer":{}}}"""u8.ToArray()
        );
        Assert.Equal("W1", order.Documents[0][OrderHead.LogisticsNo]);
        Assert.DoesNotContain(
            "logisticsNo",
            Encoding.UTF8.GetString(CebWriter.Write(order)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Subscriptions_and_an_extension_survive_the_round_trip()
    {
        const string Xml =
            """<ceb:CEB411Message xmlns:ceb="http://www.chinaport.gov.cn/ceb" guid="g" version="1.0"><ceb:Payment><ceb:PaymentHead><ceb:orderNo>1</ceb:orderNo></ceb:PaymentHead></ceb:Payment><ceb:BaseTransfer><ceb:copCode>9999900003</ceb:copCode><ceb:copName></ceb:copName><ceb:dxpMode>DXP</ceb:dxpMode><ceb:dxpId></ceb:dxpId></ceb:BaseTransfer><ceb:BaseSubscribe><ceb:status>RET</ceb:status><ceb:dxpMode>DXP</ceb:dxpMode><ceb:dxpAddress>D1</ceb:dxpAddress></ceb:BaseSubscribe><ceb:ExtendMessage><ceb:name>x</ceb:name><ceb:version>1</ceb:version><ceb:Message><own:a xmlns:own="urn:own" k="v">t</own:a></ceb:Message></ceb:ExtendMessage></ceb:CEB411Message>""";
        Assert.Equal(Xml, Encoding.UTF8.GetString(CebWriter.Write(Read(Xml))));
    }

    /// <summary>The deepest took 18 s before it was refused: the copy of a payload costs the square of its depth.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(200_000)]
    public void Nesting_beyond_the_limit_is_refused(int depth)
    {
        var deep =
            string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));
        var xml = Encoding
            .UTF8.GetString(CebWriter.Write(Minimal))
            .Replace(
                "</ceb:CEB411Message>",
                $"<ceb:ExtendMessage><ceb:Message>{deep}</ceb:Message></ceb:ExtendMessage></ceb:CEB411Message>",
                StringComparison.Ordinal
            );
        Assert.Equal("too-deep", Assert.Throws<CebFormatException>(() => Read(xml)).Code);
    }

    [Fact]
    public void Forbidden_characters_are_not_written() =>
        Assert.Throws<ArgumentException>(() =>
            CebWriter.Write(Minimal with { Transfer = Minimal.Transfer! with { CopName = "a\u0001" } })
        );

    static CebMessage Minimal { get; } =
        new(
            CebType.Payment,
            "g",
            "1.0",
            [CebDocument.Create(CebType.Payment, (PaymentHead.OrderNo, "1"))],
            new CebTransfer("9999900003", "", "DXP", "")
        );

    static CebMessage Read(string xml) => CebReader.Read(Encoding.UTF8.GetBytes(xml));

    static bool Same(CebMessage a, CebMessage b) =>
        a.Type == b.Type
        && a.Guid == b.Guid
        && a.Version == b.Version
        && a.Transfer == b.Transfer
        && a.Documents.Length == b.Documents.Length
        && a.Documents.Zip(b.Documents).All(p => p.First.SameAs(p.Second));
}
