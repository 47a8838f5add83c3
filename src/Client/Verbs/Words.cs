using System.Globalization;
using System.Text.Json;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Client.Verbs;

/// <summary>How verbs write what people read: one clock, one form of money, names in both languages.</summary>
static class Words
{
    /// <summary>Whose clock all times are; said above each list of times.</summary>
    public const string Clock = "北京时间 Asia/Shanghai (UTC+8)";

    public static string Time(DateTimeOffset time) =>
        time.ToOffset(CebTime.BeijingOffset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Yuan(long fen) => $"¥{CebAmount.FromFen(fen)}";

    /// <summary>The name that JSON has for a value.</summary>
    public static string Document(DocumentType type) => $"{type.Chinese()} {WireName.Of(type)}";
}
