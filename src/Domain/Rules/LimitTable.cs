namespace ClearanceEngine.Rules;

/// <summary>Purchase limits in force from a day on.</summary>
/// <param name="From">First day in force (Beijing).</param>
/// <param name="SingleFen">Most of one transaction, in fen of dutiable value.</param>
/// <param name="AnnualFen">Most of one person in a calendar year, in fen.</param>
public readonly record struct PurchaseLimit(DateOnly From, long SingleFen, long AnnualFen);

/// <summary>The dated limits (财关税〔2016〕18号, 财关税〔2018〕49号); rows can be added by configuration.</summary>
public sealed class LimitTable
{
    readonly PurchaseLimit[] _rows;

    public LimitTable(IEnumerable<PurchaseLimit> rows)
    {
        _rows = [.. rows.OrderBy(r => r.From)];
        if (_rows.Length == 0)
            throw new ArgumentException("A limit table needs at least one row.", nameof(rows));
        foreach (var row in _rows)
        {
            if (row.SingleFen <= 0 || row.AnnualFen < row.SingleFen)
                throw new ArgumentException(
                    $"The limits from {row.From:yyyy-MM-dd} are impossible: single {row.SingleFen} fen, annual {row.AnnualFen} fen.",
                    nameof(rows)
                );
        }
    }

    /// <summary>¥2,000/¥20,000 from 2016-04-08, ¥5,000/¥26,000 from 2019-01-01.</summary>
    public static LimitTable Default { get; } =
        new([
            new(new DateOnly(2016, 4, 8), 200_000, 2_000_000),
            new(new DateOnly(2019, 1, 1), 500_000, 2_600_000),
        ]);

    /// <summary>The limits in force on a Beijing day; before the first row, the first.</summary>
    public PurchaseLimit On(DateOnly day)
    {
        var found = _rows[0];
        foreach (var row in _rows)
        {
            if (row.From > day)
                break;
            found = row;
        }
        return found;
    }

    /// <summary>The limits in force at a time.</summary>
    public PurchaseLimit At(DateTimeOffset time) =>
        On(DateOnly.FromDateTime(time.ToOffset(Ceb.CebTime.BeijingOffset).DateTime));

    /// <summary>The annual limit of a calendar year: that of its last day.</summary>
    public long AnnualFen(int year) => On(new DateOnly(year, 12, 31)).AnnualFen;
}
