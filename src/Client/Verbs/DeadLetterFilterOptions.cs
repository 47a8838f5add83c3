using System.CommandLine;
using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Client.DeadLetters;

namespace ClearanceEngine.Client.Verbs;

/// <summary>Which dead letters a verb means.</summary>
sealed class DeadLetterFilterOptions
{
    readonly Option<string?> _reason = new("--reason") { Description = "原因 only this reason (dl-reason)" };

    readonly Option<string?> _topic = new("--topic") { Description = "来源主题 only from this topic" };

    readonly Option<string?> _since = new("--since")
    {
        Description =
            "不早于 parked at this time or later: 2026-11-29T02:00 (Beijing), …Z, or 90m, 2h, 3d ago",
    };

    readonly Option<string?> _until = new("--until") { Description = "早于 parked before this time" };

    public void AddTo(Command command)
    {
        command.Add(_reason);
        command.Add(_topic);
        command.Add(_since);
        command.Add(_until);
    }

    /// <exception cref="VerbException">A time cannot be read.</exception>
    public DeadLetterFilter Read(VerbCall call)
    {
        var now = call.Time.GetUtcNow();
        return new DeadLetterFilter(
            call.Value(_reason),
            call.Value(_topic),
            Time(_since.Name, call.Value(_since), now),
            Time(_until.Name, call.Value(_until), now)
        );
    }

    static DateTimeOffset? Time(string option, string? text, DateTimeOffset now)
    {
        if (text is null)
            return null;
        if (Ago(text) is { } ago && ago <= now - DateTimeOffset.UnixEpoch)
            return now - ago;
        if (
            !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
        )
            throw VerbException.Usage(
                "bad-time",
                $"{option} {text} 不是时间，可写 2026-11-29T02:00（北京时间）、2026-11-28T18:00Z 或 2h。{option} {text} is no time; write 2026-11-29T02:00 (Beijing), 2026-11-28T18:00Z, or 2h for two hours ago."
            );

        // A time without an offset is the port's.
        return NamesItsOffset(text) ? time.ToUniversalTime() : time - CebTime.BeijingOffset;
    }

    static TimeSpan? Ago(string text)
    {
        const int Most = 100_000;
        var digits = text.Length < 2 ? "" : text[..^1];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return null;
        if (count > Most)
            return null;

        return text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }

    /// <summary>Whether a time that can be read says how far it is from UTC.</summary>
    static bool NamesItsOffset(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).Kind
        != DateTimeKind.Unspecified;
}
