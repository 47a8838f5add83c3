using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

public sealed partial class KafkaFeed
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Feed {Feed} reads {Partitions}.")]
    partial void LogAssigned(string feed, string partitions);

    [LoggerMessage(Level = LogLevel.Information, Message = "Feed {Feed} hands over {Partitions}.")]
    partial void LogHandedOver(string feed, string partitions);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed} hands over {Partition} with records in flight, the oldest at {Offset}: they did not end within {DrainTime} and will be repeated by the next owner."
    )]
    partial void LogUndrained(string feed, TopicPartition partition, long? offset, TimeSpan drainTime);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed}: no broker of {Servers} can be reached ({Reason}). Check that Kafka runs and that BootstrapServers is right; the feed goes on by itself."
    )]
    partial void LogUnreachable(string feed, string servers, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed}: Kafka at {Servers} says: {Reason}. It goes on by itself."
    )]
    partial void LogError(string feed, string servers, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Feed {Feed}: its client for {Servers} broke; a new one is built and goes on at the committed offsets."
    )]
    partial void LogBroken(Exception e, string feed, string servers);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed}: {Partition} went back from {Expected} to {Offset} (the log was cut or its topic created anew); it is read on from there."
    )]
    partial void LogRewound(string feed, TopicPartition partition, long expected, long offset);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed}: a commit failed ({Reason}); its positions are offered again."
    )]
    partial void LogCommitFailed(string feed, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Feed {Feed}: {Position} was not stored ({Reason}).")]
    partial void LogNotStored(string feed, TopicPartitionOffset position, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Feed {Feed} is full ({Running} handled at once, {Bytes} bytes held); reading pauses until there is room."
    )]
    partial void LogFull(string feed, int running, long bytes);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Feed {Feed}: {Partition}@{Offset} has been unfinished for {Seconds:F0} s and holds its partition's watermark."
    )]
    partial void LogSlow(string feed, TopicPartition partition, long offset, double seconds);
}
