using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Rules;

public class RulesTests
{
    static readonly DateOnly Today = new(2026, 11, 24);

    [Theory]
    [InlineData("999999199001010016", true)]
    [InlineData("999999199001010017", false)]
    [InlineData("999999199013010016", false)]
    [InlineData("999999209901010016", false)]
    [InlineData("99999919900101001", false)]
    public void Resident_ids_are_checked(string id, bool valid) =>
        Assert.Equal(valid, ResidentId.IsValid(id, Today));

    [Fact]
    public void One_person_has_one_text() =>
        Assert.Equal("11010519491231002X", ResidentId.Normalise(" 11010519491231002x "));

    [Fact]
    public void The_GB_11643_example_is_valid() =>
        Assert.True(ResidentId.IsValid("11010519491231002X", Today));

    [Theory]
    [InlineData("91350100M000100Y43", true)]
    [InlineData("91350100M000100Y44", false)]
    [InlineData("91350100I000100Y43", false)]
    public void Credit_codes_are_checked(string code, bool valid) =>
        Assert.Equal(valid, CreditCode.IsValid(code));

    [Fact]
    public void Limits_are_dated()
    {
        Assert.Equal(200_000, LimitTable.Default.On(new DateOnly(2018, 12, 31)).SingleFen);
        Assert.Equal(500_000, LimitTable.Default.On(new DateOnly(2019, 1, 1)).SingleFen);
        Assert.Equal(2_000_000, LimitTable.Default.AnnualFen(2018));
        Assert.Equal(2_600_000, LimitTable.Default.AnnualFen(2026));
        // New Year's Eve in London is the new year in Beijing.
        Assert.Equal(
            500_000,
            LimitTable.Default.At(new DateTimeOffset(2018, 12, 31, 16, 0, 0, TimeSpan.Zero)).SingleFen
        );
    }

    [Theory]
    [InlineData(410, 0, 0.13, 0, 37.31)]
    [InlineData(425, 0.15, 0.13, 52.50, 45.50)]
    [InlineData(100, 0, 0.09, 0, 6.30)]
    [InlineData(100, 0, 0.13, 0, 9.10)]
    public void Worked_values_of_the_tax_within_the_limits(
        double value,
        double consumption,
        double vat,
        double expectedConsumption,
        double expectedVat
    )
    {
        var (_, tariff, c, v) = TaxCalculator.OfLine(
            (decimal)value,
            1,
            new TaxRate("", new DateOnly(2019, 4, 1), 0.1m, (decimal)consumption, (decimal)vat),
            inFull: false
        );
        Assert.Equal(0m, tariff);
        Assert.Equal((decimal)expectedConsumption, Math.Round(c, 2));
        Assert.Equal((decimal)expectedVat, Math.Round(v, 2));
    }

    [Fact]
    public void The_one_item_case_pays_in_full()
    {
        var (_, tariff, c, v) = TaxCalculator.OfLine(
            6_000m,
            1,
            new TaxRate("", new DateOnly(2019, 4, 1), 0.1m, 0.2m, 0.13m),
            inFull: true
        );
        Assert.Equal(600m, tariff);
        Assert.Equal(1_650m, c);
        Assert.Equal(1_072.5m, v);
    }

    [Fact]
    public void The_tax_of_a_list_is_that_of_its_lines_with_freight()
    {
        var parcel = Parcel();
        var estimate = new TaxCalculator(TaxRates.Sample, new TaxOptions()).Estimate(
            parcel.List(),
            inFull: false
        );
        Assert.Equal(43_000, estimate.Total.DutiableFen);
        Assert.Equal(3_913, estimate.Total.TotalFen);
        Assert.Equal(estimate.Total.ValueAddedTaxFen, estimate.Lines.Sum(l => l.ValueAddedTaxFen));
    }

    [Fact]
    public void Consumption_tax_of_cosmetics_begins_at_its_unit_price()
    {
        var rate = TaxRates.Sample.For("3304990029", Today);
        Assert.Equal(0m, TaxCalculator.OfLine(60m, 0.08m, rate, false).Consumption);
        Assert.True(TaxCalculator.OfLine(1_000m, 0.08m, rate, false).Consumption > 0);
    }

    [Fact]
    public void Over_five_thousand_only_one_item_of_quantity_one_may_enter()
    {
        Assert.Equal(
            new TransactionJudgement(43_000, false, false),
            TransactionRule.Judge(Parcel().List(), 500_000)
        );
        Assert.Equal(
            new TransactionJudgement(601_000, true, true),
            TransactionRule.Judge((Parcel() with { Items = [SampleParcel.Watch] }).List(), 500_000)
        );
        Assert.False(
            TransactionRule
                .Judge((Parcel() with { Items = [SampleParcel.Watch, SampleParcel.Cream] }).List(), 500_000)
                .Allowed
        );
        Assert.False(
            TransactionRule
                .Judge((Parcel() with { Items = [SampleParcel.Watch with { Quantity = 2 }] }).List(), 500_000)
                .Allowed
        );
        Assert.True(
            TransactionRule.Judge(
                (Parcel() with { Items = [SampleParcel.Watch with { PriceFen = 499_000 }] }).List(),
                500_000
            )
                is { OverSingle: false }
        );
    }

    static SampleParcel Parcel() =>
        new()
        {
            OrderNo = "R-1",
            Mode = "1210",
            Person = 1,
            Serial = "1",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };
}
