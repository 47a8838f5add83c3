using System.Collections.Concurrent;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;

namespace ClearanceEngine.Silo.Changes;

/// <summary>
/// Follows the receipts topics that somebody reads, with one consumer for all of them. It begins with the first reader; a topic
/// that nobody reads any more is let go.
/// </summary>
sealed partial class ReceiptTail(
    KafkaConnectionOptions kafka,
    ChangesOptions options,
    ReceiptPages pages,
    ITopicIdentity identity,
    IHostApplicationLifetime host,
    TimeProvider time,
    ILogger<ReceiptTail> logger
) : IDisposable
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();
    readonly ConcurrentDictionary<string, Lazy<Task<TailLane>>> _lanes = new(StringComparer.Ordinal);

    /// <summary>Where records go; a lane is here before its first record can come.</summary>
    readonly ConcurrentDictionary<string, TailLane> _followed = new(StringComparer.Ordinal);

    readonly CancellationToken _stopping = host.ApplicationStopping;
    IConsumer<byte[]?, byte[]?>? _consumer;
    Task _reading = Task.CompletedTask;

    /// <summary>The lane of a topic, which its reader leaves when it goes.</summary>
    /// <exception cref="KafkaException">Kafka is away, or has no such topic.</exception>
    public async Task<TailLane> Enter(string topic, CancellationToken cancellationToken)
    {
        var opened = _lanes.GetOrAdd(topic, name => new Lazy<Task<TailLane>>(() => Open(name)));
        try
        {
            var lane = await opened.Value.WaitAsync(cancellationToken);
            lane.Enter();
            return lane;
        }
        catch (Exception) when (opened.Value.IsFaulted)
        {
            _lanes.TryRemove(new(topic, opened));
            throw;
        }
    }

    /// <summary>The reading ends with the host's stop; the client's threads are gone when this returns.</summary>
    public void Dispose()
    {
        Task reading;
        lock (_lock)
            reading = _reading;
        if (_stopping.IsCancellationRequested)
            reading.Wait(options.Patience);
    }

    async Task<TailLane> Open(string topic)
    {
        var which = await identity.Of(topic);
        var bounds = await pages.Bounds(topic, _stopping);
        var lane = new TailLane(topic, which, bounds.High.Value, options, time);
        var consumer = Following();
        _followed[topic] = lane;
        consumer.IncrementalAssign([new TopicPartitionOffset(topic, 0, bounds.High)]);
        return lane;
    }

    IConsumer<byte[]?, byte[]?> Following()
    {
        lock (_lock)
        {
            _stopping.ThrowIfCancellationRequested();
            if (_consumer is { } running)
                return running;

            var consumer = ReceiptConsumers.Build(kafka);
            _reading = Task.Factory.StartNew(
                () => Read(consumer),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            return _consumer = consumer;
        }
    }

    void Read(IConsumer<byte[]?, byte[]?> consumer)
    {
        Thread.CurrentThread.Name = "change-feed";
        var looked = time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(Poll) is { IsPartitionEOF: false } record)
                    _followed.GetValueOrDefault(record.Topic)?.Add(Record(record));
                if (time.GetElapsedTime(looked) < TimeSpan.FromSeconds(1))
                    continue;
                LetGo(consumer);
                looked = time.GetTimestamp();
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                Broken(consumer, e);
            }
            catch (Exception e)
            {
                Restart(e);
                break;
            }
        }
        consumer.Dispose();
    }

    static ReceiptRecord Record(ConsumeResult<byte[]?, byte[]?> record) =>
        new(record.Offset.Value, record.Message.Value?.Length ?? 0, ReceiptEvents.Of(record));

    /// <summary>Topics that nobody has read for a while.</summary>
    void LetGo(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var lane in _followed.Values.Where(lane => lane.IsLeft(options.Linger)))
            End(consumer, lane, new KafkaUnavailableException($"Nobody read {lane.Topic}."));
    }

    /// <summary>A topic that cannot be followed is let go, and its readers come again, by when they are told what is wrong; all others go on.</summary>
    void Broken(IConsumer<byte[]?, byte[]?> consumer, ConsumeException error)
    {
        LogBroken(error.ConsumerRecord?.Topic, error.Error.Reason);
        if (error.ConsumerRecord?.Topic is { } topic && _followed.TryGetValue(topic, out var lane))
            End(consumer, lane, error);
    }

    /// <summary>Whoever opens the topic again does so once it is let go. A reader that enters meanwhile finds a lane that failed, and comes again.</summary>
    void End(IConsumer<byte[]?, byte[]?> consumer, TailLane lane, Exception why)
    {
        consumer.IncrementalUnassign([new TopicPartition(lane.Topic, 0)]);
        Forget(lane, why);
    }

    /// <summary>The client itself is broken: the next reader has a new one built.</summary>
    void Restart(Exception error)
    {
        LogBroken(null, error.Message);
        lock (_lock)
            _consumer = null;
        foreach (var lane in _followed.Values)
            Forget(lane, error);
    }

    void Forget(TailLane lane, Exception why)
    {
        _followed.TryRemove(lane.Topic, out _);
        _lanes.TryRemove(lane.Topic, out _);
        lane.Fail(why);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The change feed cannot follow {Topic}: {Reason} Its readers come again by themselves."
    )]
    partial void LogBroken(string? topic, string reason);
}
