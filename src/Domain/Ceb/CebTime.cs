using System.Globalization;

namespace ClearanceEngine.Ceb;

/// <summary>
/// Times on the wire: Beijing time without a zone. A fixed +08:00, since China has had no summer time since 1991
/// and a bare machine may lack the time zone database.
/// </summary>
public static class CebTime
{
    public static readonly TimeSpan BeijingOffset = TimeSpan.FromHours(8);

    const string Seconds = "yyyyMMddHHmmss";
    const string Millis = "yyyyMMddHHmmssfff";

    /// <summary><c>yyyyMMddHHmmss</c> or <c>yyyyMMddHHmmssSSS</c>; null when it is no real time.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        text is { Length: 14 or 17 }
        && DateTime.TryParseExact(
            text,
            text.Length == 14 ? Seconds : Millis,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var local
        )
        && local.Ticks >= BeijingOffset.Ticks // the first hours of the year 1 in Beijing have no UTC
            ? new DateTimeOffset(local, BeijingOffset)
            : null;

    /// <summary>True for a real date <c>yyyyMMdd</c>.</summary>
    public static bool IsDate(string text) =>
        DateTime.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary><c>yyyyMMddHHmmss</c> (declarations).</summary>
    public static string Format(DateTimeOffset time) =>
        time.ToOffset(BeijingOffset).ToString(Seconds, CultureInfo.InvariantCulture);

    /// <summary><c>yyyyMMddHHmmssSSS</c> (receipts).</summary>
    public static string FormatMillis(DateTimeOffset time) =>
        time.ToOffset(BeijingOffset).ToString(Millis, CultureInfo.InvariantCulture);

    /// <summary><c>yyyyMMdd</c>.</summary>
    public static string FormatDate(DateTimeOffset time) =>
        time.ToOffset(BeijingOffset).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The calendar year in Beijing: the year whose quota a purchase takes.</summary>
    public static int BeijingYear(DateTimeOffset time) => time.ToOffset(BeijingOffset).Year;
}
