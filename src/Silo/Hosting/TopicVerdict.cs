using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>What becomes of a start whose topics differ from what is wanted. Pure.</summary>
static class TopicVerdict
{
    /// <summary>The warnings of a start that goes on.</summary>
    /// <exception cref="InvalidDataException">It does not go on; the text names each topic, setting and remedy.</exception>
    public static IReadOnlyList<string> Of(IEnumerable<TopicDifference> differences, TopicOptions options)
    {
        var byVerdict = differences.ToLookup(d => Verdict(d, options));
        var refused = byVerdict[OtherSetting.Refuse].Select(Text).ToArray();
        if (refused.Length > 0)
            throw new InvalidDataException(string.Join("\n", refused));
        return [.. byVerdict[OtherSetting.Warn].Select(Text)];
    }

    static OtherSetting Verdict(TopicDifference difference, TopicOptions options) =>
        difference.Setting == EngineTopic.TimestampType ? options.SenderTimes : options.OtherSettings;

    static string Text(TopicDifference d)
    {
        var found = d.Found.Length == 0 ? "?" : d.Found;
        return $"主题 {d.Topic} 的 {d.Setting} 为 {found}，应为 {d.Wanted}{Chinese(d)} Topic {d.Topic} has {d.Setting} {found}, {d.Wanted} is wanted{English(d)}";
    }

    static string Chinese(TopicDifference d) =>
        d.Setting == TopicDifference.Partitions ? "（Engine:Partitions）。分区数不会自动更改。"
        : d.Found.Length == 0 ? $"。引擎无权查看，请授予 DescribeConfigs 权限，或设置 {Option(d)}=Warn。"
        : $"。引擎不会更改已有主题，请执行 {Command(d)}；或设置 {Option(d)}=Warn 接受。";

    static string English(TopicDifference d) =>
        d.Setting == TopicDifference.Partitions
            ? " (Engine:Partitions). It is left as it is: another number would move keys between partitions."
        : d.Found.Length == 0
            ? $". The broker does not show it to the engine: allow DescribeConfigs on the topic, or set {Option(d)}=Warn."
        : $". A topic that was there is never altered: run {Command(d)}, or accept it with {Option(d)}=Warn.";

    static string Option(TopicDifference d) =>
        d.Setting == EngineTopic.TimestampType ? "Topics:SenderTimes" : "Topics:OtherSettings";

    static string Command(TopicDifference d) =>
        $"kafka-configs.sh --alter --entity-type topics --entity-name {d.Topic} --add-config {d.Setting}={d.Wanted}";
}
