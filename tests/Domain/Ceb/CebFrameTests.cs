using System.Text;
using System.Xml;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Tests.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>What a participant puts beside its documents: BaseSubscribe and ExtendMessage.</summary>
public class CebFrameTests
{
    const string Ceb = "http://www.chinaport.gov.cn/ceb";

    [Theory]
    [InlineData("<a/>", "<a></a>")]
    [InlineData("<a z='1' b=\"&quot;2\">&lt;x&gt;</a> t", "<a b=\"&quot;2\" z=\"1\">&lt;x&gt;</a> t")]
    [InlineData("<a><!-- none --><?p i?><![CDATA[<]]></a>", "<a>&lt;</a>")]
    [InlineData(
        "<o:a xmlns:o='urn:o'><o:b xmlns:o='urn:o'/></o:a>",
        "<o:a xmlns:o=\"urn:o\"><o:b></o:b></o:a>"
    )]
    [InlineData("<ceb:a xmlns:ceb='" + Ceb + "'/>", "<ceb:a></ceb:a>")]
    [InlineData("", "")]
    public void A_payload_is_kept_in_canonical_form_in_xml_and_json(string payload, string canonical)
    {
        var xml = CebReader.Read(Xml(payload));
        var json = CebParser.Read(CebJson.Write(xml));

        Assert.Equal(canonical, xml.Extension!.Payload);
        Assert.Equal(xml.Frame!.Key, json.Frame!.Key);
    }

    /// <summary>Prefixes that are declared around the payload are known in it, be it only in a value.</summary>
    [Fact]
    public void What_a_payload_knows_from_around_it_is_declared_in_it()
    {
        var message = CebReader.Read(
            Encoding.UTF8.GetBytes(
                $"<CEB411Message xmlns='{Ceb}' xmlns:x='urn:x' guid='g' version='1.0'><Payment><PaymentHead/></Payment><BaseTransfer><copCode>1</copCode></BaseTransfer><ExtendMessage><name>n</name><version>1</version><Message><own type='x:t'/></Message></ExtendMessage></CEB411Message>"
            )
        );

        Assert.Equal(
            $"<own xmlns=\"{Ceb}\" xmlns:x=\"urn:x\" type=\"x:t\"></own>",
            message.Extension!.Payload
        );
    }

    /// <summary>What is signed is what is sent, so a second canonicalisation must change nothing.</summary>
    [Fact]
    public void A_message_with_a_frame_is_written_as_it_would_be_read()
    {
        var written = CebWriter.Write(
            CebReader.Read(Xml("<o:a xmlns:o='urn:o' o:b='1' a='2'><c xmlns='urn:c'/></o:a>"))
        );

        Assert.Equal(written, CebWriter.Write(CebReader.Read(written)));
        var document = new XmlDocument { PreserveWhitespace = true };
        document.Load(new MemoryStream(written));
        Assert.Equal("urn:c", document.GetElementsByTagName("c")[0]!.NamespaceURI);
    }

    [Theory]
    [InlineData("<a>")]
    [InlineData("</ceb:Message><ceb:Message>")]
    [InlineData("<o:a/>")]
    public void A_payload_in_json_must_be_well_formed(string payload)
    {
        var json = Encoding.UTF8.GetBytes(
            """{"CEB411Message":{"guid":"g","version":"1.0","Payment":{"PaymentHead":{}},"BaseTransfer":{"copCode":"1"},"ExtendMessage":{"name":"n","version":"1","Message":"PAYLOAD"}}}""".Replace(
                "PAYLOAD",
                payload,
                StringComparison.Ordinal
            )
        );

        var refused = Assert.Throws<CebFormatException>(() => CebParser.Read(json));
        Assert.Equal("not-xml", refused.Code);
        Assert.Contains("ExtendMessage.Message", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>It is kept with each document: few documents may have a large one, many a small one.</summary>
    [Theory]
    [InlineData(1, 1_000, true)]
    [InlineData(1, 1_500, false)]
    [InlineData(4, 1_000, false)]
    public void A_frame_is_bounded_by_itself_and_with_its_documents(int documents, int bytes, bool fits)
    {
        var limits = new CebLimits { FrameBytes = 1_200, MessageBytes = 3_000 };
        var message = new CebMessage(
            CebType.Order,
            "g",
            "1.0",
            [.. Enumerable.Repeat(ParcelWorld.Bonded.Order(), documents)],
            Extension: new CebExtension("n", "1", new string('x', bytes - 100))
        );

        var problem = CebValidator.CheckFrameSize(message, limits);

        Assert.Equal(fits ? null : "frame-too-large", problem?.Code);
        Assert.Null(CebValidator.CheckFrameSize(message with { IsSigned = true }, limits));
    }

    /// <summary>It leaves with what it came with, the first time and again.</summary>
    [Fact]
    public void A_document_leaves_with_the_frame_it_came_with_and_so_does_its_resend()
    {
        var frame = new CebFrame([new CebSubscription("ALL", "DXP", "DXPTEST000000002")], null);
        var world = new ParcelWorld(ParcelWorld.Bonded);

        world.SubmitWith(frame, world.Sample.Order());
        var first = Assert.Single(world.State.Outbox.OfType<DispatchDocument>());
        world.Decide(new MessageDissolved([first.Id], null));
        var again = Assert.Single(world.State.Outbox.OfType<DispatchDocument>());

        Assert.NotEqual(first.Id, again.Id);
        Assert.Equal([frame.Key, frame.Key], [first.Frame!.Key, again.Frame!.Key]);
    }

    static byte[] Xml(string payload) =>
        Encoding.UTF8.GetBytes(
            $"<ceb:CEB411Message xmlns:ceb='{Ceb}' guid='g' version='1.0'><ceb:Payment><ceb:PaymentHead/></ceb:Payment><ceb:BaseTransfer><ceb:copCode>1</ceb:copCode></ceb:BaseTransfer><ceb:BaseSubscribe><ceb:status>ALL</ceb:status><ceb:dxpMode>DXP</ceb:dxpMode><ceb:dxpAddress>D</ceb:dxpAddress><ceb:note/></ceb:BaseSubscribe><ceb:ExtendMessage><ceb:name>n</ceb:name><ceb:version>1</ceb:version><ceb:Message>{payload}</ceb:Message></ceb:ExtendMessage></ceb:CEB411Message>"
        );
}
