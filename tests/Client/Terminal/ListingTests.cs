using ClearanceEngine.Terminal;
using Xunit;

namespace ClearanceEngine.Tests.Terminal;

public sealed class ListingTests
{
    const string Order = "SIM-PAYMENTREFUSED-1210-017";

    static Listing Of(string text)
    {
        var listing = new Listing("订单 order", "状态 state", "说明 text");
        listing.Add(Order, "rejected", text);
        return listing;
    }

    [Fact]
    public void What_fits_stands_side_by_side_and_is_no_wider_than_it_must_be() =>
        Assert.Equal(
            """
            订单 order                   状态 state  说明 text
            SIM-PAYMENTREFUSED-1210-017  rejected    被退 refused

            """,
            PipedRun.Printed(Of("被退 refused"), 200)
        );

    [Fact]
    public void A_last_column_that_does_not_fit_stands_below() =>
        Assert.Equal(
            """
            订单 order                   状态 state
                说明 text
            SIM-PAYMENTREFUSED-1210-017  rejected
                支付单被退 payment refused by
                customs

            """,
            PipedRun.Printed(Of("支付单被退 payment refused by customs"), 40)
        );

    [Fact]
    public void In_a_narrow_place_each_cell_follows_its_heading() =>
        Assert.Equal(
            """
            SIM-PAYMENTREFUSED-1210-017
              状态 state: rejected
              说明 text: 支付单被退
                payment refused

            """,
            PipedRun.Printed(Of("支付单被退 payment refused"), 28)
        );

    [Fact]
    public void No_order_number_is_cut_and_no_line_too_wide_at_any_width()
    {
        for (var width = 30; width < 120; width++)
        {
            var printed = PipedRun.Printed(
                Of("支付单被退，请更正后重新发送。Mend it and send it again."),
                width
            );
            PipedRun.Fits(printed, width);
            Assert.Contains(Order, printed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_row_has_a_cell_for_each_heading() =>
        Assert.Throws<ArgumentException>(() => new Listing("a", "b").Add("1"));

    [Fact]
    public void A_senders_line_break_or_escape_adds_no_row()
    {
        var printed = PipedRun.Printed(Of("a\nforged\u001B[31m"), 200);
        Assert.Equal(2, printed.Count(c => c == '\n'));
        PipedRun.Fits(printed, 200);
    }
}
