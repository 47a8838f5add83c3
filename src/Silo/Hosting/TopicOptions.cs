using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What to do with a topic that was there before and has another setting than is wanted. It is never altered.</summary>
public enum OtherSetting
{
    /// <summary>The start ends, and says which topic, which setting and how to change it.</summary>
    Refuse,

    /// <summary>The start says the same as a warning, and goes on.</summary>
    Warn,
}

/// <summary>Settings of the topics that the engine creates, and what becomes of topics that have others.</summary>
public sealed class TopicOptions
{
    /// <summary>Dead letters stay so long in their topic, and so long back the first arrival of a retried one counts. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan KeepDeadLetters { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Receipts stay so long in their receiver's topic. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan KeepReceipts { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// A record counts as written once so many copies have it (<c>min.insync.replicas</c>). Default: 2 where <c>Engine:Replication</c>
    /// is 3 or more, so that one broker may be away and none loses anything alone; else what the broker sets, unchecked.
    /// </summary>
    [Range(1, 100)]
    public int? MinInSyncReplicas { get; set; }

    /// <summary>
    /// Topics whose records carry their senders' time instead of the broker's (<c>message.timestamp.type</c>): a sender's clock would
    /// then decide whether its certificate had ended and which year's quota is asked. Default refuse.
    /// </summary>
    public OtherSetting SenderTimes { get; set; } = OtherSetting.Refuse;

    /// <summary>Topics with another retention, clean-up, size, number of copies or of partitions. Default warn.</summary>
    public OtherSetting OtherSettings { get; set; } = OtherSetting.Warn;
}
