using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Tests.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Rules;

public class RoundedPriceTests
{
    /// <summary>Three for 100.00 are 33.33 each: half a fen for each piece may be missing.</summary>
    [Theory]
    [InlineData("33.33", "3", "100.00", true)]
    [InlineData("33.3300", "3", "100", true)]
    [InlineData("33.33333", "3", "100.00", true)]
    [InlineData("33.33", "3", "100.02", false)]
    [InlineData("33", "3", "100.00", false)]
    [InlineData("0", "3", "0.01", false)]
    [InlineData("33.333", "30", "1000.02", false)]
    public void A_unit_price_may_have_been_rounded_to_its_last_digit(
        string price,
        string quantity,
        string total,
        bool passes
    )
    {
        var line = ParcelWorld.Bonded.Order();
        var order = new CebDocument(CebType.Order, [.. OrderHead.Entity.Fields.Select(f => line[f])]).AddLine(
            (OrderList.Gnum, "1"),
            (OrderList.Price, price),
            (OrderList.Qty, quantity),
            (OrderList.TotalPrice, total)
        );

        Assert.Equal(passes, !IsWrong(new CustomsPortOptions()));
        Assert.Equal(
            passes && price == "33.33333",
            !IsWrong(new CustomsPortOptions { RoundedPrices = false })
        );

        bool IsWrong(CustomsPortOptions port) =>
            OwnChecks
                .Check(DocumentType.Order, order, port, ParcelWorld.Bonded.At)
                .Any(p => p.Code == "line-total-wrong");
    }
}
