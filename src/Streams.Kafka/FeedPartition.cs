using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// One assigned partition: its watermark, what of it runs and what waits, and its bounds. Thread-safe.
/// </summary>
sealed class FeedPartition(
    TopicPartition partition,
    KafkaFeedOptions options,
    FeedGate gate,
    TimeProvider time
) : IPartitionProgress
{
    readonly object _lock = new();
    readonly PartitionProgress _progress = new(partition, time);
    readonly RecordPlaces _places = new(options.PartitionInFlight, options.KeyOrder);
    long _bytes;

    public TopicPartition Partition => partition;

    public PartitionLease Lease { get; } = new();

    /// <summary>Set and read by the reading thread only.</summary>
    public bool Paused { get; set; }

    /// <summary>Since when it has been paused without a reason; set and read by the reading thread only.</summary>
    public long? IdleSince { get; set; }

    /// <summary>Records of the broker above the stored position, as the client's statistics last said; -1 when unknown.</summary>
    public long Lag { get; set; } = -1;

    /// <summary>The record that stopped the partition, if one did.</summary>
    public FeedRecord? StoppedAt { get; private set; }

    /// <summary>Newest delivered offset less the oldest unfinished one, both counted.</summary>
    public long Distance
    {
        get
        {
            lock (_lock)
                return _progress.Distance;
        }
    }

    /// <summary>The lowest offset that can come next.</summary>
    public long Next
    {
        get
        {
            lock (_lock)
                return _progress.Next;
        }
    }

    /// <summary>The oldest unfinished record and for how long it has been held; null when all is done.</summary>
    public (long Offset, TimeSpan Age)? Oldest
    {
        get
        {
            lock (_lock)
                return _progress.Oldest;
        }
    }

    /// <summary>
    /// No more records may come for now. Places that are taken do not count: the client hands out what it fetched of one
    /// partition in one piece, so a partition takes all places again and again, and each time would lose what was read ahead.
    /// </summary>
    public bool Full
    {
        get
        {
            lock (_lock)
                return StoppedAt is not null
                    || _progress.Open >= options.PartitionSpan
                    || _bytes >= options.PartitionBytes;
        }
    }

    /// <summary>
    /// Enough room to read on. Well below the bounds, because a pause throws away what the client has read ahead and must not
    /// come and go with every record.
    /// </summary>
    public bool Roomy
    {
        get
        {
            lock (_lock)
                return StoppedAt is null
                    && _progress.Open <= options.PartitionSpan / 2
                    && _bytes <= options.PartitionBytes / 2;
        }
    }

    /// <summary>A record came. True when it is to run now; otherwise it waits in the line of its key, or for a place.</summary>
    public bool Admit(FeedRecord record)
    {
        lock (_lock)
        {
            _progress.Start(record.Offset);
            _bytes += record.Size;
            var runs = _places.Enter(record);
            gate.Enter(record.Size, runs);
            return runs;
        }
    }

    /// <summary>
    /// A record's handling ended. If it is done, the watermark may pass it, and another is returned to run in its place. If not,
    /// or once the partition drains, nothing more begins in its place, and nothing later of its key runs here.
    /// </summary>
    public FeedRecord? Complete(FeedRecord record, bool done)
    {
        lock (_lock)
        {
            if (done && !Lease.Owned.IsCancellationRequested)
                _progress.Finish(record.Offset);
            _bytes -= record.Size;
            FeedRecord? next = null;
            if (done && StoppedAt is null && !Lease.Draining.IsCancellationRequested)
                next = _places.HandOn(record);
            else
                _places.Close();
            gate.Leave(record.Size, freesPlace: next is null);
            if (_places.Running == 0)
                Monitor.PulseAll(_lock);
            return next;
        }
    }

    /// <summary>The partition is no longer ours: what runs counts no more, what waits is let go.</summary>
    public void End()
    {
        Lease.End();
        lock (_lock)
        {
            foreach (var record in _places.Clear())
            {
                _bytes -= record.Size;
                gate.Leave(record.Size, freesPlace: false);
            }
        }
    }

    /// <summary>The partition stands still from now on; what runs may finish.</summary>
    public void Stop(FeedRecord at)
    {
        lock (_lock)
            StoppedAt ??= at;
    }

    /// <summary>Waits until nothing runs. False when something still runs after that time.</summary>
    public bool WaitIdle(TimeSpan patience)
    {
        var since = time.GetTimestamp();
        lock (_lock)
        {
            while (_places.Running > 0)
            {
                var left = patience - time.GetElapsedTime(since);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_lock, left))
                    return _places.Running == 0;
            }
            return true;
        }
    }

    /// <summary>The position to store, if it moved since the last time.</summary>
    public TopicPartitionOffset? TakePosition()
    {
        lock (_lock)
            return _progress.TakePosition();
    }
}
