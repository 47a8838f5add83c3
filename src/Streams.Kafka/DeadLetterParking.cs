using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Parks a record for good: the partition moves on only when the broker has the dead letter; until then it is tried again.</summary>
sealed partial class DeadLetterParking(
    string feed,
    KafkaReadingOptions options,
    IDeadLetters deadLetters,
    FeedHealth health,
    TimeProvider time,
    ILogger logger
)
{
    /// <exception cref="OperationCanceledException">The partition is being handed over or no longer ours.</exception>
    public async Task Park(FeedRecord record, PartitionLease lease, DeadLetter letter)
    {
        var backoff = new Backoff(options.FirstBackoff, options.LongestBackoff);
        while (true)
        {
            lease.Owned.ThrowIfCancellationRequested();
            try
            {
                await deadLetters
                    .Park(options.DeadLetterTopic, record, letter, lease.Owned)
                    .ConfigureAwait(false);
                lease.Owned.ThrowIfCancellationRequested();
                health.Parked(record);
                KafkaMetrics.Parked(feed, record.Topic, letter.Reason);
                return;
            }
            catch (Exception e) when (!lease.Owned.IsCancellationRequested)
            {
                LogParkFailed(e, feed, record, options.DeadLetterTopic);
                health.CannotPark(record, options.DeadLetterTopic, e.Message);
                await backoff.Wait(time, lease.Draining).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Feed {Feed}: {Record} could not be parked on {Topic}; its partition waits for that. Check that the topic exists and may be written."
    )]
    partial void LogParkFailed(Exception e, string feed, FeedRecord record, string topic);
}
