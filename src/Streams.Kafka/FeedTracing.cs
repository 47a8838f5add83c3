using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Joins traces across Kafka by the W3C headers <c>traceparent</c> and <c>tracestate</c>.</summary>
static class FeedTracing
{
    const string Parent = "traceparent",
        State = "tracestate";

    /// <summary>The span of one record's handling, a child of whoever produced it; null when nobody listens.</summary>
    public static Activity? Start(string feed, string group, FeedRecord record)
    {
        if (!KafkaMetrics.Source.HasListeners())
            return null;
        ActivityContext.TryParse(record.Header(Parent), record.Header(State), isRemote: true, out var parent);
        var activity = KafkaMetrics.Source.StartActivity(
            $"{record.Topic} process",
            ActivityKind.Consumer,
            parent
        );
        if (activity is not { IsAllDataRequested: true })
            return activity;
        return activity
            .SetTag("messaging.system", "kafka")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", record.Topic)
            .SetTag(
                "messaging.destination.partition.id",
                record.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
            .SetTag("messaging.kafka.offset", record.Offset)
            .SetTag("messaging.consumer.group.name", group)
            .SetTag("feed", feed);
    }

    /// <summary>The headers with the current trace in them, if there is one and they name none; the given headers stay as they are.</summary>
    public static Headers? Carry(Headers? headers)
    {
        if (
            Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } current
            || headers?.TryGetLastBytes(Parent, out _) == true
        )
            return headers;
        var carried = new Headers();
        foreach (var header in headers ?? [])
            carried.Add(header.Key, header.GetValueBytes());
        carried.Add(Parent, Encoding.ASCII.GetBytes(id));
        if (!string.IsNullOrEmpty(current.TraceStateString))
            carried.Add(State, Encoding.ASCII.GetBytes(current.TraceStateString));
        return carried;
    }
}
