using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Orleans' request context in a record's headers: one header <c>context.{name}</c> an entry, its value a letter for the kind and
/// the text (<c>s:text</c>, <c>i:</c> and <c>l:</c> whole numbers, <c>d:</c> a double, <c>b:</c> a truth value, <c>g:</c> a guid, <c>t:</c> a time).
/// Entries of other types, and Orleans' own (<c>#…</c>), stay behind.
/// </summary>
static class ContextHeaders
{
    const string Prefix = "context.";

    public static Headers? Write(Dictionary<string, object>? context)
    {
        if (context is null)
            return null;
        Headers? headers = null;
        foreach (var (name, value) in context)
        {
            if (name.StartsWith('#') || Text(value) is not { } text)
                continue;
            (headers ??= []).Add(Prefix + name, Encoding.UTF8.GetBytes(text));
        }
        return headers;
    }

    /// <summary>Sets the request context; false when the record carries none.</summary>
    public static bool Import(FeedRecord record)
    {
        var any = false;
        foreach (var header in record.Headers)
        {
            if (
                !header.Key.StartsWith(Prefix, StringComparison.Ordinal)
                || Value(header.GetValueBytes()) is not { } value
            )
                continue;
            RequestContext.Set(header.Key[Prefix.Length..], value);
            any = true;
        }
        return any;
    }

    static string? Text(object? value) =>
        value switch
        {
            string s => $"s:{s}",
            int i => $"i:{i.ToString(CultureInfo.InvariantCulture)}",
            long l => $"l:{l.ToString(CultureInfo.InvariantCulture)}",
            double d => $"d:{d.ToString("R", CultureInfo.InvariantCulture)}",
            bool b => b ? "b:1" : "b:0",
            Guid g => $"g:{g:D}",
            DateTimeOffset t => $"t:{t.ToString("O", CultureInfo.InvariantCulture)}",
            _ => null,
        };

    /// <summary>Null for what we did not write: headers come from anybody.</summary>
    static object? Value(byte[]? bytes)
    {
        if (bytes is not [var kind, (byte)':', ..])
            return null;
        var text = Encoding.UTF8.GetString(bytes.AsSpan(2));
        return (char)kind switch
        {
            's' => text,
            'i' => int.TryParse(text, CultureInfo.InvariantCulture, out var i) ? i : null,
            'l' => long.TryParse(text, CultureInfo.InvariantCulture, out var l) ? l : null,
            'd' => double.TryParse(text, CultureInfo.InvariantCulture, out var d) ? d : null,
            'b' => text == "1",
            'g' => Guid.TryParse(text, out var g) ? g : null,
            't' => DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.RoundtripKind,
                out var t
            )
                ? t
                : null,
            _ => null,
        };
    }
}
