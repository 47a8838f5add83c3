using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClearanceEngine.Rules;

/// <summary>One row of the rate table: all goods whose code begins with <paramref name="Prefix"/>.</summary>
/// <param name="Prefix">Leading digits of the 10-digit commodity code; empty for the default row.</param>
/// <param name="From">First day in force (Beijing).</param>
/// <param name="Tariff">Ad valorem, 0.10 for 10 %; taken only outside the limits.</param>
/// <param name="ConsumptionTax">Ad valorem.</param>
/// <param name="Vat">Value added tax.</param>
/// <param name="MinimumUnitPrice">The consumption tax applies only at or above this dutiable price per first statutory unit (yuan); null always.</param>
public sealed record TaxRate(
    [property: JsonRequired] string Prefix,
    [property: JsonRequired] DateOnly From,
    decimal Tariff,
    decimal ConsumptionTax,
    [property: JsonRequired] decimal Vat,
    decimal? MinimumUnitPrice = null
);

/// <summary>
/// Dated rates by commodity code, longest prefix first. The table that comes with the engine is a sample with plausible
/// values for the demo's goods; an operator replaces it by the tariff in force (option <c>Tax:RatesFile</c>).
/// </summary>
public sealed class TaxRates
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    readonly TaxRate[] _rows;

    public TaxRates(IEnumerable<TaxRate> rows)
    {
        _rows = [.. rows.OrderByDescending(r => r.Prefix.Length).ThenByDescending(r => r.From)];
        if (!_rows.Any(r => r.Prefix.Length == 0))
            throw new ArgumentException(
                "The rate table needs a default row with an empty prefix.",
                nameof(rows)
            );
        if (
            _rows.FirstOrDefault(r => r.ConsumptionTax is < 0 or >= 1 || r.Vat < 0 || r.Tariff < 0) is { } bad
        )
            throw new ArgumentException(
                $"Impossible rates for prefix '{bad.Prefix}' from {bad.From:yyyy-MM-dd}.",
                nameof(rows)
            );
    }

    /// <summary>The sample table that is part of the assembly.</summary>
    public static TaxRates Sample { get; } =
        Read(
            typeof(TaxRates).Assembly.GetManifestResourceStream("ClearanceEngine.Rules.Data.tax-rates.json")!
        );

    /// <summary>Reads a table from JSON.</summary>
    public static TaxRates Read(Stream json) => new(JsonSerializer.Deserialize<TaxRate[]>(json, Json) ?? []);

    /// <summary>The row for a commodity on a Beijing day.</summary>
    public TaxRate For(string commodityCode, DateOnly day)
    {
        foreach (var row in _rows)
        {
            if (row.From <= day && commodityCode.StartsWith(row.Prefix, StringComparison.Ordinal))
                return row;
        }
        return _rows[^1];
    }
}
