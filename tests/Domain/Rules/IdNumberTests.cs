using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using Xunit;

namespace ClearanceEngine.Tests.Rules;

public class IdNumberTests
{
    [Theory]
    [InlineData("element id11010519491231002X stands", "element id110*************2X stands")]
    [InlineData("11010519491231002x", "110*************2x")]
    [InlineData("号码110105194912310021错误", "号码110*************21错误")] // the check digit is wrong
    [InlineData("TESTPAY20261120000000012345", "TESTPAY20261120000000012345")]
    [InlineData("order 110105204913310021", "order 110105204913310021")] // no month 13
    public void What_looks_like_an_id_number_is_masked_and_other_numbers_stay(string text, string masked) =>
        Assert.Equal(masked, IdNumbers.Mask(text));

    /// <summary>Numbers of orders are made of dates and serials, and so are those of people.</summary>
    [Fact]
    public void A_receipt_keeps_the_numbers_of_its_parcel_and_masks_those_of_people()
    {
        const string Order = "310115202611290046",
            Other = "330106198805124321",
            CopNo = "W310104202611280099";
        var receipt = CebDocument.Create(
            CebType.DeclarationListReceipt,
            (InventoryReturn.CopNo, CopNo),
            (InventoryReturn.ReturnInfo, $"订单 {Order} 清单 {CopNo} 订购人 {Other} 有误")
        );
        Assert.Equal(
            $"订单 {Order} 清单 {CopNo} 订购人 330*************21 有误",
            ReceiptText.Masked(receipt, [Order])[InventoryReturn.ReturnInfo]
        );
    }

    [Fact]
    public void No_problem_no_fault_and_no_step_of_a_parcel_can_carry_an_id_number()
    {
        const string Id = "11010519491231002X";
        Assert.DoesNotContain(
            Id,
            new Problem(
                ProblemCode.Written("x"),
                DocumentType.DeclarationList,
                null,
                null,
                $"wrong: {Id}"
            ).Text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            Id,
            new CebFormatException(ProblemCode.Written("x"), $"wrong: {Id}").ToString(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            Id,
            new TimelineEntry(default, ParcelStatus.Collecting, "x", $"wrong: {Id}").Text,
            StringComparison.Ordinal
        );
    }
}
