namespace ClearanceEngine.Silo.Changes;

/// <summary>The newest events of one topic, in memory, for all who read it. Thread-safe.</summary>
/// <param name="topic">Its name.</param>
/// <param name="identity">Which topic of that name.</param>
/// <param name="from">The first offset that it will have.</param>
/// <param name="options">How much it keeps.</param>
/// <param name="time">The clock.</param>
sealed class TailLane(string topic, Guid identity, long from, ChangesOptions options, TimeProvider time)
{
    readonly Lock _lock = new();
    readonly Queue<ReceiptRecord> _kept = new();
    TaskCompletionSource _news = NewNews();
    Exception? _failure;
    long _start = from;
    long _next = from;
    long _bytes;
    int _readers;
    long _left = time.GetTimestamp();

    public string Topic => topic;

    public Guid Identity => identity;

    /// <summary>Whatever lies before it is in Kafka only.</summary>
    public long Start
    {
        get
        {
            lock (_lock)
                return _start;
        }
    }

    /// <summary>Behind its last record.</summary>
    public long Next
    {
        get
        {
            lock (_lock)
                return _next;
        }
    }

    /// <summary>Done when something came, or the lane failed. Taken before one looks, nothing is missed.</summary>
    public Task News
    {
        get
        {
            lock (_lock)
                return _news.Task;
        }
    }

    /// <summary>Nobody has read it for so long that it may go.</summary>
    public bool IsLeft(TimeSpan linger)
    {
        lock (_lock)
            return _readers == 0 && time.GetElapsedTime(_left) >= linger;
    }

    public void Enter()
    {
        lock (_lock)
            _readers++;
    }

    public void Leave()
    {
        lock (_lock)
        {
            _readers--;
            _left = time.GetTimestamp();
        }
    }

    /// <summary>The next record of the topic.</summary>
    public void Add(ReceiptRecord record)
    {
        lock (_lock)
        {
            // A client that fetches anew may bring what it brought.
            if (record.Offset < _next)
                return;
            _kept.Enqueue(record);
            (_next, _bytes) = (record.Offset + 1, _bytes + record.Bytes);
            while (_kept.Count > 1 && (_kept.Count > options.KeepEvents || _bytes > options.KeepBytes))
            {
                var oldest = _kept.Dequeue();
                (_start, _bytes) = (oldest.Offset + 1, _bytes - oldest.Bytes);
            }
        }
        Tell();
    }

    /// <summary>It will bring nothing any more: its readers begin anew.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
            _failure = failure;
        Tell();
    }

    /// <summary>What it has from an offset on, which may be nothing yet; null for an offset that lies before it.</summary>
    /// <exception cref="Exception">It failed.</exception>
    public ReceiptPage? Read(long from, int limit)
    {
        lock (_lock)
        {
            if (_failure is not null)
                throw _failure;
            if (from < _start)
                return null;

            var (records, bytes) = (new List<ReceiptRecord>(), 0L);
            foreach (var record in _kept.Where(kept => kept.Offset >= from))
            {
                if (records.Count == limit || bytes >= options.PageBytes)
                    break;
                records.Add(record);
                bytes += record.Bytes;
            }
            return new ReceiptPage(records, records.Count > 0 ? records[^1].Offset + 1 : from);
        }
    }

    void Tell()
    {
        TaskCompletionSource told;
        lock (_lock)
            (told, _news) = (_news, NewNews());
        told.SetResult();
    }

    static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
