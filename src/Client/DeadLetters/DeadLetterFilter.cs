namespace ClearanceEngine.Client.DeadLetters;

/// <summary>Which letters are meant; what is null does not matter.</summary>
/// <param name="Reason">Exactly this reason.</param>
/// <param name="Topic">Came from exactly this topic.</param>
/// <param name="Since">Parked at this time or later.</param>
/// <param name="Until">Parked before this time.</param>
sealed record DeadLetterFilter(
    string? Reason = null,
    string? Topic = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null
)
{
    public bool IsEmpty => this == new DeadLetterFilter();

    public bool Takes(DeadLetterEntry letter) =>
        (Reason is null || letter.Reason == Reason)
        && (Topic is null || letter.Topic == Topic)
        && (Since is null || letter.Parked >= Since)
        && (Until is null || letter.Parked < Until);

    /// <summary>For people, as it is written on the command line.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Reason is not null)
            parts.Add($"--reason {Reason}");
        if (Topic is not null)
            parts.Add($"--topic {Topic}");
        if (Since is { } since)
            parts.Add($"--since {since.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");
        if (Until is { } until)
            parts.Add($"--until {until.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");
        return parts.Count == 0 ? "全部 all" : string.Join(' ', parts);
    }
}
