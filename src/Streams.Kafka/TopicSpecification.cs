namespace ClearanceEngine.Streams.Kafka;

/// <summary>When a topic that was there before has a setting as it is wanted.</summary>
public enum SettingMatch
{
    /// <summary>The same text.</summary>
    Same,

    /// <summary>A number as large or larger; -1 is without bound.</summary>
    AtLeast,
}

/// <summary>A setting of a topic, by Kafka's name (<c>retention.ms</c> …).</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">What the topic is created with.</param>
/// <param name="Match">What counts as right where the topic was there before.</param>
public readonly record struct TopicSetting(string Name, string Value, SettingMatch Match = SettingMatch.Same)
{
    internal bool Fits(string found) =>
        Match == SettingMatch.Same
            ? found == Value
            : long.TryParse(found, out var number)
                && long.TryParse(Value, out var wanted)
                && (number < 0 || number >= wanted);
}

/// <summary>A topic that must be there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Partitions if it is created; an existing topic keeps its own.</param>
public readonly record struct TopicSpecification(string Name, int Partitions)
{
    /// <summary>Settings of the topic if it is created; an existing topic keeps its own. The size of messages is that of the connection.</summary>
    public IReadOnlyList<TopicSetting>? Settings { get; init; }
}

/// <summary>A topic that has another setting than is wanted.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Setting">Kafka's name of the setting, or <see cref="TopicDifference.Partitions"/>.</param>
/// <param name="Wanted">What it should be; for a number, at least that.</param>
/// <param name="Found">What it is; empty where the broker does not say.</param>
public readonly record struct TopicDifference(string Topic, string Setting, string Wanted, string Found)
{
    /// <summary>Instead of a setting: the number of partitions.</summary>
    public const string Partitions = "partitions";
}
