using System.Text;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Door;

/// <summary>Where somebody waits for the decision on a record that came by HTTP. It stands in the record's headers, under a MAC.</summary>
/// <param name="Door">Key of the door grain.</param>
/// <param name="Correlation">Which of its requests.</param>
readonly record struct DoorAddress(string Door, string Correlation)
{
    /// <summary>The headers that name it, and the proof that a door put the record there; for this record only.</summary>
    public Headers Headers(ClusterMac macs, string topic, ReadOnlySpan<byte> value) =>
        new()
        {
            { TopicNames.DoorHeader, Encoding.UTF8.GetBytes(Door) },
            { TopicNames.CorrelationHeader, Encoding.UTF8.GetBytes(Correlation) },
            {
                TopicNames.SenderMacHeader,
                Encoding.UTF8.GetBytes(macs.Make(MacPurpose.Sender, topic, value))
            },
            {
                TopicNames.DoorMacHeader,
                Encoding.UTF8.GetBytes(macs.Make(MacPurpose.Door, topic, value, Door, Correlation))
            },
        };

    /// <summary>True when a door of this cluster put the record on its topic, whether somebody still waits there or not.</summary>
    public static bool IsFromDoor(FeedRecord record, ClusterMac macs) =>
        macs.Counts(
            record.Header(TopicNames.SenderMacHeader),
            MacPurpose.Sender,
            record.Topic,
            record.Value.Span
        );

    /// <summary>
    /// Null when the record names no door, or when no door of this cluster named itself there: whoever may write to the topic
    /// could else answer another's request, or open grains on any silo.
    /// </summary>
    public static DoorAddress? Of(FeedRecord record, ClusterMac macs)
    {
        if (record.Header(TopicNames.DoorHeader) is not { } door)
            return null;
        if (record.Header(TopicNames.CorrelationHeader) is not { } correlation)
            return null;
        return macs.Counts(
            record.Header(TopicNames.DoorMacHeader),
            MacPurpose.Door,
            record.Topic,
            record.Value.Span,
            door,
            correlation
        )
            ? new DoorAddress(door, correlation)
            : null;
    }
}
