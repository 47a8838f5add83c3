using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Repeats;

/// <summary>Answers that are kept for repeats of a request under the same <c>Idempotency-Key</c> (ADR 035), for each caller.</summary>
public sealed class RepeatOptions
{
    /// <summary>How long an answer is given again; after it the key is as good as new. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A repeat of a request that has no answer yet is told to come again for so long; after it, that nobody knows whether it was done. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan InFlight { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Answers of one caller; the oldest make room for new ones. Default 200.</summary>
    [Range(1, 10_000)]
    public int Answers { get; set; } = 200;

    /// <summary>Bytes of one caller's answers; the oldest make room. Default 256 KiB.</summary>
    [Range(1_024, 16 * 1024 * 1024)]
    public int Bytes { get; set; } = 256 * 1024;
}
