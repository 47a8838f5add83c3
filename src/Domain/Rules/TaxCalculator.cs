using System.Collections.Immutable;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Rules;

/// <summary>How freight and insurance are spread over the lines.</summary>
public enum Apportioning
{
    /// <summary>By line value.</summary>
    Value,

    /// <summary>By quantity.</summary>
    Quantity,
}

/// <summary>What no published text settles about the arithmetic of the tax.</summary>
public sealed class TaxOptions
{
    /// <summary>How freight and insurance are spread over lines. Default by value.</summary>
    public Apportioning Apportioning { get; set; } = Apportioning.Value;

    /// <summary>True rounds each line to fen and sums (as public tax bills look); false rounds the sum. Default true.</summary>
    public bool RoundEachLine { get; set; } = true;

    /// <summary>File with the rate table (JSON, shape of the sample); null takes the sample that comes with the engine.</summary>
    public string? RatesFile { get; set; }
}

/// <summary>Tax of one line or of all, in fen.</summary>
[GenerateSerializer, Immutable, Alias("clearance.tax")]
public readonly record struct Tax(
    [property: Id(0)] long DutiableFen,
    [property: Id(1)] long TariffFen,
    [property: Id(2)] long ConsumptionTaxFen,
    [property: Id(3)] long ValueAddedTaxFen
)
{
    public long TotalFen => TariffFen + ConsumptionTaxFen + ValueAddedTaxFen;
}

/// <summary>A tax estimate: the sum and its lines.</summary>
public sealed record TaxEstimate(Tax Total, ImmutableArray<Tax> Lines);

/// <summary>
/// Estimates the tax of a list (财关税〔2016〕18号, 财关税〔2018〕49号). Within the limits: tariff 0, consumption tax and
/// VAT at 70 %. In the one-item case over the single limit: all three in full.
/// </summary>
public sealed class TaxCalculator(TaxRates rates, TaxOptions options)
{
    const decimal Reduction = 0.7m;

    /// <summary>The estimate for a list.</summary>
    /// <param name="list">A validated CEB621.</param>
    /// <param name="inFull">True in the one-item case.</param>
    public TaxEstimate Estimate(CebDocument list, bool inFull)
    {
        var day =
            list[InventoryHead.DeclTime] is { } date && DateOnly.TryParseExact(date, "yyyyMMdd", out var d)
                ? d
                : new DateOnly(2019, 4, 1);
        var extra = CebAmount.Of(list[InventoryHead.Freight]) + CebAmount.Of(list[InventoryHead.InsuredFee]);
        var weights = Enumerable
            .Range(0, list.LineCount)
            .Select(i =>
                options.Apportioning == Apportioning.Value
                    ? CebAmount.Of(list[i, InventoryList.TotalPrice])
                    : CebAmount.Of(list[i, InventoryList.Qty])
            )
            .ToArray();
        var sum = weights.Sum();

        var exact = new (decimal V, decimal Tariff, decimal Consumption, decimal Vat)[list.LineCount];
        for (var i = 0; i < list.LineCount; i++)
        {
            var share = sum > 0 ? extra * weights[i] / sum : extra / list.LineCount;
            var value = CebAmount.Of(list[i, InventoryList.TotalPrice]) + share;
            exact[i] = OfLine(
                value,
                CebAmount.Of(list[i, InventoryList.Qty1]),
                rates.For(list[i, InventoryList.Gcode] ?? "", day),
                inFull
            );
        }
        var lines = exact
            .Select(e => new Tax(
                CebAmount.ToFen(e.V),
                CebAmount.ToFen(e.Tariff),
                CebAmount.ToFen(e.Consumption),
                CebAmount.ToFen(e.Vat)
            ))
            .ToImmutableArray();
        // The dutiable sum is exact whatever the rounding of lines: it is compared with the limits.
        var dutiable = CebAmount.ToFen(exact.Sum(e => e.V));
        var total = options.RoundEachLine
            ? new Tax(
                dutiable,
                lines.Sum(l => l.TariffFen),
                lines.Sum(l => l.ConsumptionTaxFen),
                lines.Sum(l => l.ValueAddedTaxFen)
            )
            : new Tax(
                dutiable,
                CebAmount.ToFen(exact.Sum(e => e.Tariff)),
                CebAmount.ToFen(exact.Sum(e => e.Consumption)),
                CebAmount.ToFen(exact.Sum(e => e.Vat))
            );
        return new TaxEstimate(total, lines);
    }

    /// <summary>The formulas of one line: value with freight and insurance in yuan, first statutory quantity, rates.</summary>
    public static (decimal V, decimal Tariff, decimal Consumption, decimal Vat) OfLine(
        decimal value,
        decimal quantity,
        TaxRate rate,
        bool inFull
    )
    {
        var tariff = inFull ? value * rate.Tariff : 0m;
        var c =
            rate.MinimumUnitPrice is { } threshold && (quantity <= 0 || value / quantity < threshold)
                ? 0m
                : rate.ConsumptionTax;
        var consumption = (value + tariff) / (1 - c) * c;
        var vat = (value + tariff + consumption) * rate.Vat;
        return inFull
            ? (value, tariff, consumption, vat)
            : (value, 0m, consumption * Reduction, vat * Reduction);
    }
}
