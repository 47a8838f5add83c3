using System.Globalization;
using ClearanceEngine.Contracts;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Where a reader begins.</summary>
enum ChangeStart
{
    /// <summary>At the oldest event that there is.</summary>
    Oldest,

    /// <summary>Behind the newest.</summary>
    Latest,

    /// <summary>At a cursor.</summary>
    Cursor,
}

/// <summary>Reads what is asked of the change feed, and gathers all that is wrong with it.</summary>
sealed class ChangeQuestion
{
    const string EventStream = "text/event-stream",
        LastEventId = "Last-Event-ID",
        OldestWord = "oldest",
        LatestWord = "latest";

    static readonly string[] Parameters =
    [
        ParameterNames.Participant,
        ParameterNames.After,
        ParameterNames.Wait,
        ParameterNames.Limit,
    ];

    readonly List<string> _faults = [];
    readonly ChangesOptions _options;

    public ChangeQuestion(HttpRequest request, ChangesOptions options)
    {
        _options = options;
        foreach (var (name, values) in request.Query)
        {
            if (!Parameters.Contains(name, StringComparer.OrdinalIgnoreCase))
                _faults.Add($"没有参数 {Clip.Quote(name)}。There is no parameter {Clip.Quote(name)}.");
            else if (values.Count != 1)
                _faults.Add($"参数 {name} 重复。{name} is given more than once.");
        }

        IsStream = Wants(request);
        Participant = Text(request.Query[ParameterNames.Participant]);
        // What a stream has come to since outranks where it began.
        After = Text(request.Headers[LastEventId]) ?? Text(request.Query[ParameterNames.After]) ?? OldestWord;
        Limit = Number(Text(request.Query[ParameterNames.Limit]), ParameterNames.Limit, 1, options.PageEvents)
            ?? options.PageEvents;
        Wait = TimeSpan.FromSeconds(
            Number(
                Text(request.Query[ParameterNames.Wait]),
                ParameterNames.Wait,
                0,
                (int)options.LongestWait.TotalSeconds
            ) ?? 0
        );
    }

    /// <summary>What is wrong, in both languages; empty when nothing is.</summary>
    public string Faults => string.Join(" ", _faults);

    /// <summary>An event stream is wanted, not a page.</summary>
    public bool IsStream { get; }

    /// <summary>Whose events; null where it is not said.</summary>
    public string? Participant { get; }

    /// <summary>Behind what: a cursor, or one of two words.</summary>
    public string After { get; }

    public ChangeStart Start =>
        After switch
        {
            OldestWord => ChangeStart.Oldest,
            LatestWord => ChangeStart.Latest,
            _ => ChangeStart.Cursor,
        };

    /// <summary>How long a poll waits for its first event.</summary>
    public TimeSpan Wait { get; }

    /// <summary>Most events of a page.</summary>
    public int Limit { get; }

    static bool Wants(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase));

    static string? Text(Microsoft.Extensions.Primitives.StringValues values) =>
        values is [{ Length: > 0 } text, ..] ? text : null;

    int? Number(string? text, string name, int least, int most)
    {
        if (text is null)
            return null;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return number;

        _faults.Add($"{name} 应为 {least} 至 {most}。{name} must be from {least} to {most}.");
        return null;
    }
}
