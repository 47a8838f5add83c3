using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What customs, the E-Port and whoever else shares their channel put on <c>customs.receipts</c>.</summary>
public sealed class CustomsChannelTests(CustomsChannel channel) : IClassFixture<CustomsChannel>
{
    static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    [Theory]
    [InlineData("gb2312", true)]
    [InlineData("gb2312", false)]
    [InlineData("UTF-8", true)]
    public async Task A_receipt_in_any_encoding_is_applied_and_its_words_reach_the_declarant(
        string declared,
        bool isGb
    )
    {
        const string Words = "查验完毕,准予放行";
        var parcel = await channel.Declared();
        var xml =
            $"<?xml version=\"1.0\" encoding=\"{declared}\"?>\r\n"
            + CustomsChannel.Xml(CustomsChannel.ListReceipt(parcel, 800, Words));

        await channel.Send((isGb ? Gb18030 : Encoding.UTF8).GetBytes(xml));

        await channel.InState(parcel, "released");
        Assert.Equal(Words, await channel.Told(parcel, "800"));
    }

    [Fact]
    public async Task Whom_customs_calls_over_the_limit_is_warned_of_at_the_next_order_and_each_answer_says_who_wrote_it()
    {
        var parcel = await channel.Declared();
        await channel.Send(
            CustomsChannel.Xml(
                CustomsChannel.ListReceipt(
                    parcel,
                    100,
                    "[Code:1313;Desc:超出个人年度限额,totalPrice：26,114.44]"
                )
            )
        );
        await channel.InState(parcel, "rejected");
        var repeat = await channel.Answer(parcel.List());
        Assert.Equal("duplicate", repeat.GetProperty("outcome").GetString());
        Assert.Equal("customs", repeat.GetProperty("receipt").GetProperty("source").GetString());
        await channel.Until(parcel, p => p.GetProperty("outbox").GetArrayLength() == 0, "done");

        var next = parcel with { OrderNo = $"{parcel.OrderNo}-NEXT", Serial = $"{parcel.Serial}9" };
        var warned = await channel.Answer(next.Order());

        Assert.Equal("accepted", warned.GetProperty("outcome").GetString());
        var receipt = warned.GetProperty("receipt");
        Assert.Equal("engine", receipt.GetProperty("source").GetString());
        Assert.Contains(
            "Customs itself refused a list of this buyer",
            receipt.GetProperty("returnInfo").GetString()!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_older_than_what_is_here_is_told_so_on_Kafka_as_by_HTTP()
    {
        var parcel = channel.Parcel();
        await channel.Answer((parcel with { AppType = "2", Revision = 2 }).Order());
        var told = channel.Tail.End($"receipts.{SampleParcel.Platform}");

        var stale = await channel.Answer(parcel.Order());

        Assert.Equal("stale", stale.GetProperty("outcome").GetString());
        var receipt = stale.GetProperty("receipt");
        Assert.Equal("-301014", receipt.GetProperty("returnStatus").GetString());
        Assert.Equal("engine", receipt.GetProperty("source").GetString());
        var record = await channel.Next($"receipts.{SampleParcel.Platform}", told, $">{parcel.OrderNo}<");
        var handedOn = Assert.Single(CebParser.Read(record.Value!).Documents);
        Assert.Equal("-301014", handedOn[OrderReturn.ReturnStatus]);
        Assert.Equal(receipt.GetProperty("returnInfo").GetString(), handedOn[OrderReturn.ReturnInfo]);
    }

    [Fact]
    public async Task What_the_schema_does_not_have_is_skipped_and_logged_by_name_once()
    {
        for (var i = 0; i < 2; i++)
        {
            var parcel = await channel.Declared();
            var xml = CustomsChannel.Xml(CustomsChannel.ListReceipt(parcel, 800, "放行"));
            await channel.Send(
                xml.Replace(
                    "</ceb:InventoryReturn>",
                    "<ceb:auditFlag>Y</ceb:auditFlag></ceb:InventoryReturn>",
                    StringComparison.Ordinal
                )
            );
            await channel.InState(parcel, "released");
        }
        var line = Assert.Single(channel.Log, l => l.Contains("auditFlag", StringComparison.Ordinal));
        Assert.Contains("CEB622Message", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_returns_in_one_message_each_is_applied_and_a_bad_one_is_a_dead_letter_by_itself()
    {
        var (one, two) = (await channel.Declared(), await channel.Declared());
        var letters = channel.Tail.End(TopicNames.DeadLetters);
        var xml = CustomsChannel.Xml(
            CustomsChannel.ListReceipt(one, 800, "放行"),
            CustomsChannel.ListReceipt(one, 800, "放行").With(InventoryReturn.ReturnStatus, null),
            CustomsChannel.ListReceipt(two, 800, "放行")
        );

        await channel.Send(xml);

        await channel.InState(one, "released");
        await channel.InState(two, "released");
        var letter = await channel.Next(TopicNames.DeadLetters, letters);
        Assert.Equal("field-missing", TopicTail.Header(letter, DeadLetters.Reason));
        var detail = TopicTail.Header(letter, DeadLetters.Detail);
        Assert.Contains("Return 2, InventoryReturn", detail, StringComparison.Ordinal);
        Assert.Contains("The other 2 of this message were taken", detail, StringComparison.Ordinal);
        Assert.Equal(xml, Encoding.UTF8.GetString(letter.Value!));
    }

    [Fact]
    public async Task Receipts_of_several_kinds_in_one_message_find_their_documents()
    {
        var parcel = await channel.Declared();
        var order = CebDocument.Create(
            CebType.OrderReceipt,
            (OrderReturn.Guid, Guid.NewGuid().ToString().ToUpperInvariant()),
            (OrderReturn.EbpCode, SampleParcel.Platform),
            (OrderReturn.OrderNo, parcel.OrderNo),
            (OrderReturn.ReturnStatus, "120"),
            (OrderReturn.ReturnTime, CebTime.FormatMillis(DateTimeOffset.UtcNow)),
            (OrderReturn.ReturnInfo, "入库成功")
        );
        var (orders, lists) = (
            CustomsChannel.Xml(order),
            CustomsChannel.Xml(CustomsChannel.ListReceipt(parcel, 800, "放行"))
        );
        var list = lists[
            (lists.IndexOf('>', StringComparison.Ordinal) + 1)..lists.LastIndexOf(
                "</",
                StringComparison.Ordinal
            )
        ];

        await channel.Send(
            orders.Replace("</ceb:CEB312Message>", $"{list}</ceb:CEB312Message>", StringComparison.Ordinal)
        );

        await channel.Until(
            parcel,
            p =>
                p.GetProperty("state").GetString() == "released"
                && p.GetProperty("documents").GetProperty("order").GetProperty("customsStatus").GetString()
                    == "120",
            "released with its order at 120"
        );
    }

    [Theory]
    [InlineData("CEB303Message", "unknown-message")]
    [InlineData("CEB311Message", "not-a-receipt")]
    public async Task What_is_no_receipt_is_set_aside_by_name_and_is_no_dead_letter(
        string root,
        string reason
    )
    {
        var (letters, aside) = (
            channel.Tail.End(TopicNames.DeadLetters),
            channel.Tail.End(TopicNames.SetAside)
        );
        var message = Encoding.UTF8.GetBytes(
            $"<ceb:{root} xmlns:ceb=\"{CebSchema.Namespace}\"><x/></ceb:{root}>"
        );

        await channel.Send(message);

        var record = await channel.Next(TopicNames.SetAside, aside);
        Assert.Equal(message, record.Value);
        Assert.Equal(reason, TopicTail.Header(record, DeadLetters.Reason));
        Assert.Equal(root, TopicTail.Header(record, TopicNames.KindHeader));
        Assert.Contains(root, TopicTail.Header(record, DeadLetters.Detail), StringComparison.Ordinal);
        Assert.Equal(TopicNames.Receipts, TopicTail.Header(record, DeadLetters.Topic));
        Assert.Equal(letters, channel.Tail.End(TopicNames.DeadLetters));
        Assert.Contains(channel.Log, l => l.Contains(root, StringComparison.Ordinal));
    }

    /// <summary>The transport numbers messages by itself: its number is not the guid of ours.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_format_error_that_names_the_transports_number_still_finds_its_message(bool byHeader)
    {
        var outbound = channel.Tail.End(TopicNames.Outbound);
        var parcel = channel.Parcel();
        await channel.Post(SampleParcel.Message(parcel.Order()));
        var sent = await channel.Next(TopicNames.Outbound, outbound, parcel.OrderNo);
        var error = CebDocument.Create(
            CebType.FormatError,
            (MessageReturn.Guid, Guid.NewGuid().ToString().ToUpperInvariant()),
            (MessageReturn.ReturnStatus, "-1"),
            (MessageReturn.ReturnInfo, "报文格式错误"),
            (MessageReturn.ReturnTime, CebTime.FormatMillis(DateTimeOffset.UtcNow)),
            (MessageReturn.OriCopMsgId, $"GATE20261129{byHeader}0071"),
            (MessageReturn.OriMessageType, "CEB311Message"),
            (MessageReturn.OriBizMessage, byHeader ? null : Encoding.UTF8.GetString(sent.Value!))
        );
        var headers = byHeader
            ? new Headers
            {
                { TopicNames.MessageHeader, sent.Headers.GetLastBytes(TopicNames.MessageHeader) },
            }
            : null;

        await channel.Send(Encoding.UTF8.GetBytes(CustomsChannel.Xml(error)), headers);

        await channel.Until(
            parcel,
            p =>
                p.GetProperty("problems")
                    .EnumerateArray()
                    .Any(x => x.GetProperty("code").GetString() == "format-refused"),
            "told of its format"
        );
    }

    [Fact]
    public async Task An_order_number_that_looks_like_a_persons_number_is_handed_on_whole()
    {
        const string OrderNo = "310115202611290062",
            Person = "330106198805124321";
        var parcel = await channel.Declared(OrderNo);

        await channel.Send(
            CustomsChannel.Xml(CustomsChannel.ListReceipt(parcel, 800, $"订单{OrderNo}放行,订购人{Person}"))
        );

        await channel.InState(parcel, "released");
        Assert.Equal($"订单{OrderNo}放行,订购人330*************21", await channel.Told(parcel, "800"));
    }

    [Fact]
    public async Task Receipts_of_one_list_under_one_guid_all_reach_the_declarant()
    {
        var parcel = await channel.Declared();
        var accepted = CustomsChannel.ListReceipt(parcel, 120, "审核通过");
        var released = CustomsChannel
            .ListReceipt(parcel, 800, "放行")
            .With(InventoryReturn.Guid, accepted[InventoryReturn.Guid]);

        await channel.Send(CustomsChannel.Xml(accepted, released));

        await channel.InState(parcel, "released");
        Assert.Equal("审核通过", await channel.Told(parcel, "120"));
        Assert.Equal("放行", await channel.Told(parcel, "800"));
        var guids = channel
            .Tail.Read($"receipts.{SampleParcel.Warehouse}", 0)
            .Select(r => CebParser.Read(r.Value))
            .Where(m => m.Documents[0].Type == CebType.DeclarationListReceipt)
            .Where(m => m.Documents[0][InventoryReturn.CopNo] == parcel.List()[InventoryHead.CopNo])
            .DistinctBy(m => m.Guid)
            .Select(m => m.Documents[0][InventoryReturn.ReturnStatus]);
        Assert.Superset(new HashSet<string?> { "120", "800" }, guids.ToHashSet());
    }
}
