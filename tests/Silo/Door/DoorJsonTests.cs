using ClearanceEngine.Ceb;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>What the door makes of a decision.</summary>
public sealed class DoorJsonTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    static readonly SampleParcel Parcel = new()
    {
        OrderNo = "JSON-1",
        Mode = "1210",
        Person = 8,
        Serial = "88",
        At = Now,
    };

    /// <summary>Customs writes brackets and negative numbers as well, and we warn with a positive one.</summary>
    [Theory]
    [InlineData(ReceiptSource.Customs, -621001, "[Code:1322;Desc:订单清单表体商品项不一致]")]
    [InlineData(ReceiptSource.Engine, 2, "进口超额预警")]
    [InlineData(ReceiptSource.Engine, -621001, "[amount-paid-differs] …")]
    public void Who_wrote_a_receipt_is_told_by_its_field_and_not_by_its_words(
        ReceiptSource source,
        int code,
        string words
    )
    {
        var list = Parcel.List();
        var receipt = OwnReceipt.Make(DocumentType.DeclarationList, list, code, words, Now);
        var reply = new SubmissionReply(
            SubmissionOutcome.Duplicate,
            ParcelStatus.Rejected,
            receipt,
            [],
            [],
            source
        );

        var response = DoorJson.Response(new DocumentAnswer(DocumentType.DeclarationList, list, reply), Now);

        Assert.Equal(source, response.Receipt.Source);
    }

    [Fact]
    public void Without_a_receipt_it_is_the_engine_that_says_what_is_missing()
    {
        var reply = new SubmissionReply(
            SubmissionOutcome.Accepted,
            ParcelStatus.Collecting,
            null,
            [],
            [DocumentType.Payment]
        );

        var response = DoorJson.Response(new DocumentAnswer(DocumentType.Order, Parcel.Order(), reply), Now);

        Assert.Equal((ReceiptSource.Engine, "2"), (response.Receipt.Source, response.Receipt.ReturnStatus));
        Assert.Contains("payment", response.Receipt.ReturnInfo, StringComparison.Ordinal);
    }
}
