using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Silo.Settings;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Bounds of the change feed (<c>GET /api/v1/changes</c>, ADR 034): event streams and long polls of what was handed on to participants.</summary>
public sealed class ChangesOptions : IValidatableObject
{
    /// <summary>Streams and polls that are open at once on this silo; more are answered 503 with Retry-After. Each also counts as a request of the door. Default 500.</summary>
    [Range(1, 100_000)]
    public int Readers { get; set; } = 500;

    /// <summary>Streams and polls of one caller that are open at once on this silo; more are answered 429 with Retry-After. Default 20.</summary>
    [Range(1, 100_000)]
    public int CallerReaders { get; set; } = 20;

    /// <summary>A poll may wait so long for its first event; who asks for more is answered 400. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A stream without events says so often that it is still there. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A reader whose stream ended is told to come again after this time. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan Reconnect { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often an open stream's credential and rights are looked at again, and a poll's that waited as long before it is answered; one that no longer holds ends it. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LookAgain { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most events of a poll's answer, and of one write of a stream; <c>limit</c> may ask for fewer. Default 200.</summary>
    [Range(1, 10_000)]
    public int PageEvents { get; set; } = 200;

    /// <summary>Bytes of the records behind one answer or one write: the record that passes it is the last. Default 1 MiB.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int PageBytes { get; set; } = 1024 * 1024;

    /// <summary>Newest events that are kept in memory for each topic that has readers; who is further behind reads from Kafka. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int KeepEvents { get; set; } = 1_000;

    /// <summary>Bytes of the records behind these events, for each such topic. Default 1 MiB.</summary>
    [Range(1_024, 1024 * 1024 * 1024)]
    public int KeepBytes { get; set; } = 1024 * 1024;

    /// <summary>A topic without readers is kept so long, since a poll that was answered comes again. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Readers that are behind are served from Kafka so many at once, a page each in turn. Default 4.</summary>
    [Range(1, 1_000)]
    public int CatchUps { get; set; } = 4;

    /// <summary>Kafka may take so long for one of its answers, and a reader that is behind may wait so long for its turn; then the reader is told to come again. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        SettingRule.NotBelow(nameof(Readers), Readers, nameof(CallerReaders), CallerReaders);
}
