using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

sealed partial class StreamQueue
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Streams {Provider} reads {Partition} from {Offset} on, epoch {Epoch}."
    )]
    partial void LogOwned(string provider, TopicPartition partition, long offset, long epoch);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Streams {Provider} lets go of {Partition}; last commit {Offset}."
    )]
    partial void LogLetGo(string provider, TopicPartition partition, long? offset);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Partition} has another owner; epoch {Epoch} is over."
    )]
    partial void LogFenced(string provider, TopicPartition partition, long epoch);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Partition} cannot be read; it is tried again."
    )]
    partial void LogTroubled(Exception e, string provider, TopicPartition partition);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Offset} of {Partition} was not committed; it is offered again."
    )]
    partial void LogCommitFailed(Exception e, string provider, TopicPartition partition, long? offset);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Partition} went back from {Expected} to {Offset} (the log was cut or its topic created anew); it is read on from there."
    )]
    partial void LogRewound(string provider, TopicPartition partition, long expected, long offset);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Partition}@{Offset} has been undelivered for {Seconds:F0} s and holds its partition's watermark."
    )]
    partial void LogSlow(string provider, TopicPartition partition, long offset, double seconds);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Streams {Provider}: {Record} could not be delivered to a consumer of {Stream} in {Attempts} tries."
    )]
    partial void LogExhausted(
        Exception? e,
        string provider,
        FeedRecord record,
        StreamId stream,
        int attempts
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Streams {Provider}: {Record} belongs to no stream that can be told; it goes to the dead letters."
    )]
    partial void LogPoison(Exception e, string provider, FeedRecord record);
}
