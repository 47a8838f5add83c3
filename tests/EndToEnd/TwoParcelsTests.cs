using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>ADR 018, 019: what is one parcel's never becomes another's, whatever numbers they share or exchange.</summary>
public sealed class TwoParcelsTests(CustomsChannel channel) : IClassFixture<CustomsChannel>
{
    /// <summary>A carrier has taken two numbers for each other, and puts it right.</summary>
    [Fact]
    public async Task Waybills_that_were_swapped_and_corrected_let_both_parcels_go()
    {
        var (one, two) = (channel.Parcel(), channel.Parcel());
        foreach (var parcel in (SampleParcel[])[one, two])
        {
            await channel.Post(SampleParcel.Message(parcel.Order()));
            await channel.Post(SampleParcel.Message(parcel.Payment()));
        }
        await channel.Answer(Under(two, one.Waybill()));
        await channel.Answer(Under(one, two.Waybill()));
        await channel.Answer(one.List());
        await channel.Answer(two.List());
        await HasProblem(one, "list-names-other-waybill");
        await HasProblem(two, "list-names-other-waybill");

        await channel.Post(SampleParcel.Message(Corrected(one).Waybill()));
        await channel.Post(SampleParcel.Message(Corrected(two).Waybill()));
        await channel.InState(one, "declared");
        await channel.InState(two, "declared");

        // What customs says of a waybill is said to the parcel that has it now.
        await channel.Send(CustomsChannel.Xml(Receipt(one.Waybill(), 120, "[Code:1800;Desc:逻辑校验通过]")));
        await channel.Until(one, p => Status(p, "waybill") == "120", "told of its own waybill");
        Assert.NotEqual("120", Status(await channel.Show(two), "waybill"));
    }

    /// <summary>One transaction for two orders: the payment of the second is refused, in words that name its order.</summary>
    [Fact]
    public async Task A_payment_shared_by_two_orders_is_refused_to_the_one_that_customs_names()
    {
        var (one, two) = (channel.Parcel(), channel.Parcel());
        var shared = one.Payment()[PaymentHead.PayTransactionId];
        foreach (var parcel in (SampleParcel[])[one, two])
        {
            await channel.Post(SampleParcel.Message(parcel.Order().With(OrderHead.PayTransactionId, shared)));
            await channel.Post(
                SampleParcel.Message(parcel.Payment().With(PaymentHead.PayTransactionId, shared))
            );
        }
        await channel.Until(two, p => Sent(p, "payment"), "its payment sent");
        await channel.Until(one, p => Sent(p, "payment"), "its payment sent");

        await channel.Send(CustomsChannel.Xml(Receipt(one.Payment(), 120, "[Code:1800;Desc:逻辑校验通过]")));
        await channel.Until(one, p => Status(p, "payment") == "120", "its payment accepted");
        await channel.Send(
            CustomsChannel.Xml(
                Receipt(one.Payment(), 100, $"[Code:1402;Desc:支付单重复,订单编号：{two.OrderNo}]")
            )
        );
        await channel.InState(two, "rejected");
        Assert.Equal("120", Status(await channel.Show(one), "payment"));
    }

    /// <summary>It waits for its parcel; the receipt after it is taken all the same.</summary>
    [Fact]
    public async Task A_receipt_of_a_waybill_that_no_parcel_has_moves_nothing()
    {
        var parcel = channel.Parcel();
        await channel.Post(SampleParcel.Message(parcel.Order()));
        await channel.Post(SampleParcel.Message(parcel.Payment()));
        await channel.Post(SampleParcel.Message(parcel.Waybill()));
        await channel.Post(SampleParcel.Message(parcel.List()));
        await channel.InState(parcel, "declared");
        var before = channel.Tail.End(TopicNames.DeadLetters);
        await channel.Send(
            CustomsChannel.Xml(
                Receipt(parcel.Waybill().With(LogisticsHead.LogisticsNo, "WB-NOBODYS"), 100, "运单重复")
            )
        );
        await channel.Send(CustomsChannel.Xml(Receipt(parcel.Waybill(), 120, "逻辑校验通过")));
        await channel.Until(parcel, p => Status(p, "waybill") == "120", "told of its own waybill");
        Assert.Equal("declared", (await channel.Show(parcel)).GetProperty("state").GetString());
        Assert.Equal(before, channel.Tail.End(TopicNames.DeadLetters)); // it waits for its parcel first
    }

    static SampleParcel Corrected(SampleParcel parcel) => parcel with { AppType = "2", Revision = 2 };

    /// <summary>The waybill as it names the order of another parcel, whose consignee it copied.</summary>
    static CebDocument Under(SampleParcel other, CebDocument waybill)
    {
        var order = other.Order();
        return waybill
            .With(LogisticsHead.OrderNo, other.OrderNo)
            .With(LogisticsHead.Consignee, order[OrderHead.Consignee])
            .With(LogisticsHead.ConsigneeTelephone, order[OrderHead.ConsigneeTelephone])
            .With(LogisticsHead.ConsigneeAddress, order[OrderHead.ConsigneeAddress]);
    }

    static CebDocument Receipt(CebDocument document, int code, string info)
    {
        var type = DocumentTypes.OfMessage(document.Type)!.Value;
        var receipt = OwnReceipt.Make(type, document, code, info, DateTimeOffset.UtcNow.AddSeconds(1));
        return receipt.With(receipt.Schema.Head.Find("guid")!, Guid.NewGuid().ToString().ToUpperInvariant());
    }

    Task HasProblem(SampleParcel parcel, string code) =>
        channel.Until(
            parcel,
            p =>
                p.GetProperty("problems")
                    .EnumerateArray()
                    .Any(x => x.GetProperty("code").GetString() == code),
            code
        );

    static bool Sent(JsonElement parcel, string document) =>
        parcel.GetProperty("documents").TryGetProperty(document, out var found)
        && found.GetProperty("sent").ValueKind == JsonValueKind.String;

    static string? Status(JsonElement parcel, string document) =>
        parcel.GetProperty("documents").TryGetProperty(document, out var found)
            ? found.GetProperty("customsStatus").GetString()
            : null;
}
