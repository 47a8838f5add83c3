using System.Collections.Frozen;
using System.Collections.Immutable;
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
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Rates are fractions: 0.13 is 13 %. Above these a per cent was written for one.</summary>
    const decimal MostTariff = 3m,
        MostConsumptionTax = 0.95m,
        MostVat = 0.5m;

    /// <summary>Digits of a commodity code.</summary>
    const int CodeLength = 10;

    readonly TaxRate[] _rows;

    /// <exception cref="InvalidDataException">A row cannot work, or there is none for the goods that no other names.</exception>
    public TaxRates(IEnumerable<TaxRate> rows)
        : this([.. rows.Select((r, i) => new JsonRow<TaxRate>(r, $"$[{i}]", 1, NoLines))]) { }

    TaxRates(JsonRow<TaxRate>[] rows)
    {
        if (FaultsOf(rows).ToArray() is { Length: > 0 } faults)
            throw new InvalidDataException(string.Join('\n', faults.Select(f => $"{f.Path}: {f.Text}")));
        _rows =
        [
            .. rows.Select(r => r.Value)
                .OrderByDescending(r => r.Prefix.Length)
                .ThenByDescending(r => r.From),
        ];
    }

    static readonly FrozenDictionary<string, int> NoLines = FrozenDictionary<string, int>.Empty;

    /// <summary>The sample table that is part of the assembly.</summary>
    public static TaxRates Sample { get; } = new(Rows(SampleFile()).Rows.ToArray());

    /// <summary>Reads a table.</summary>
    /// <param name="json">Contents of the file.</param>
    /// <param name="source">Where it came from, for the exception's text.</param>
    /// <exception cref="InvalidDataException">It cannot be used; all that is wrong is listed.</exception>
    public static TaxRates Load(byte[] json, string source) =>
        Faults(json) is { Length: > 0 } faults
            ? throw new InvalidDataException($"{source}: {string.Join('\n', faults)}")
            : new TaxRates(Rows(json).Rows.ToArray());

    /// <summary>All that is wrong with a file's contents, each with its line and field; none where it can be used.</summary>
    public static ImmutableArray<string> Faults(byte[] json)
    {
        var read = Rows(json);
        if (read is { Rows.IsEmpty: true, Faults.IsEmpty: true })
            return ["没有任何税率。It holds no rate."];

        // What some rows could not say is not said to be missing.
        var ofRows = read.Faults.IsEmpty ? FaultsOf(read.Rows) : read.Rows.SelectMany(FaultsOf);
        return [.. read.Faults.Concat(ofRows).OrderBy(f => f.Line).Select(f => f.ToString())];
    }

    static JsonRows<TaxRate> Rows(byte[] json) => JsonRows.Read<TaxRate>(json, Json);

    static byte[] SampleFile()
    {
        using var stream = typeof(TaxRates).Assembly.GetManifestResourceStream(
            "ClearanceEngine.Rules.Data.tax-rates.json"
        )!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    static IEnumerable<FileFault> FaultsOf(IReadOnlyCollection<JsonRow<TaxRate>> rows)
    {
        var seen = new HashSet<(string, DateOnly)>();
        foreach (var row in rows)
        {
            foreach (var fault in FaultsOf(row))
                yield return fault;
            if (!seen.Add((row.Value.Prefix, row.Value.From)))
                yield return row.Fault(
                    "prefix",
                    $"前缀 \"{row.Value.Prefix}\" 自 {row.Value.From:yyyy-MM-dd} 重复。Prefix \"{row.Value.Prefix}\" from {row.Value.From:yyyy-MM-dd} appears twice."
                );
        }
        if (rows.All(r => r.Value.Prefix.Length > 0))
            yield return new(
                1,
                "$",
                "缺少前缀为空的默认行。A row with an empty prefix is missing: the rates of goods that no other row names."
            );
    }

    static IEnumerable<FileFault> FaultsOf(JsonRow<TaxRate> row)
    {
        var rate = row.Value;
        if (rate.Prefix.Length > CodeLength || !rate.Prefix.All(char.IsAsciiDigit))
            yield return row.Fault(
                "prefix",
                $"应为商品编码开头的至多 {CodeLength} 位数字。It must be the leading digits of a commodity code, at most {CodeLength}."
            );
        (string Field, decimal Value, decimal Most)[] rates =
        [
            ("tariff", rate.Tariff, MostTariff),
            ("consumptionTax", rate.ConsumptionTax, MostConsumptionTax),
            ("vat", rate.Vat, MostVat),
        ];
        foreach (var (field, value, most) in rates.Where(r => r.Value < 0 || r.Value > r.Most))
            yield return row.Fault(
                field,
                $"{value} 应为 0 至 {most}（0.13 即 13%）。{value} must be 0 to {most}; 0.13 is 13 %."
            );
        if (rate.MinimumUnitPrice is <= 0)
            yield return row.Fault(
                "minimumUnitPrice",
                $"{rate.MinimumUnitPrice} 应大于 0，或不写。{rate.MinimumUnitPrice} must be above 0, or not be written."
            );
    }

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
