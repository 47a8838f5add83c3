using Confluent.Kafka;
using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// The records of one partition between Kafka and their consumers. A record is done when every cursor of its stream has
/// passed it, in whatever order streams get on; the position to commit follows the oldest that is not. Undelivered records
/// are bounded in number, bytes and span, and reading stops at each of these bounds; delivered ones stay while there is room,
/// for subscriptions that are just being made. Older ones are read again from Kafka. Thread-safe.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="options">The bounds.</param>
/// <param name="oneByOne">The pulling agent hands over one record a call.</param>
/// <param name="owner">Who reads the partition.</param>
/// <param name="time">The clock.</param>
sealed class StreamCache(
    TopicPartition partition,
    KafkaStreamOptions options,
    bool oneByOne,
    IStreamCacheOwner owner,
    TimeProvider time
) : IQueueCache
{
    /// <summary>How many steps of the clock the memory of <see cref="_read"/> has.</summary>
    const int Marks = 120;

    readonly Lock _lock = new();
    readonly Dictionary<StreamId, StreamLine> _lines = [];
    readonly Queue<CacheEntry> _delivered = new();
    readonly List<CacheEntry> _loose = [];
    readonly List<StreamCursor> _quiet = [];
    readonly Queue<(long Since, long Offset)> _read = new();
    PartitionProgress _progress = new(partition, time);
    long _marked;
    long _start;
    long _floor;
    long _openBytes;
    long _deliveredBytes;
    int _open;
    bool _closed = true;
    FeedRecord? _stoppedAt;

    public TopicPartition Partition => partition;

    public IStreamCacheOwner Owner => owner;

    public bool OneByOne => oneByOne;

    public TimeProvider Time => time;

    /// <summary>Undelivered records.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
                return _open;
        }
    }

    /// <summary>Bytes of all records held.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
                return _openBytes + _deliveredBytes;
        }
    }

    public long Distance
    {
        get
        {
            lock (_lock)
                return _progress.Distance;
        }
    }

    public (long Offset, TimeSpan Age)? Oldest
    {
        get
        {
            lock (_lock)
                return _progress.Oldest;
        }
    }

    /// <summary>The lowest offset that can come next.</summary>
    public long Next
    {
        get
        {
            lock (_lock)
                return Math.Max(_start, _progress.Next);
        }
    }

    /// <summary>Bytes that may still be read.</summary>
    public long RoomBytes
    {
        get
        {
            lock (_lock)
                return Math.Max(0, options.CacheBytes - _openBytes);
        }
    }

    /// <summary>The partition is ours from this offset on. What an earlier ownership left is forgotten.</summary>
    public void Begin(long offset)
    {
        lock (_lock)
        {
            foreach (var line in _lines.Values.ToList())
            {
                while (line.Head is { } head)
                    line.Remove(head);
                foreach (var cursor in line.Cursors)
                    cursor.Forget();
                if (line.IsEmpty)
                    _lines.Remove(line.Stream);
            }

            _delivered.Clear();
            _loose.Clear();
            _quiet.Clear();
            _read.Clear();

            _progress = new PartitionProgress(partition, time);
            _start = offset;
            _floor = offset;
            _open = 0;
            _openBytes = 0;
            _deliveredBytes = 0;
            _closed = false;
            _stoppedAt = null;
        }
    }

    /// <summary>The partition is no longer ours: nothing more is handed out, and nothing that ends now counts.</summary>
    public void End()
    {
        lock (_lock)
            _closed = true;
    }

    /// <summary>The partition stands still from now on; what is being delivered may finish.</summary>
    public void Stop(FeedRecord at)
    {
        lock (_lock)
            _stoppedAt ??= at;
    }

    /// <summary>The position to commit, if it moved since the last time.</summary>
    public TopicPartitionOffset? TakePosition()
    {
        lock (_lock)
            return _closed ? null : _progress.TakePosition();
    }

    /// <summary>A record was read. False when its offset went back, which means that the topic is another one.</summary>
    public bool Start(long offset)
    {
        lock (_lock)
        {
            if (offset < _progress.Next)
                return false;
            _progress.Start(offset);
            if (_read.Count == 0 || time.GetElapsedTime(_marked) >= Step)
            {
                _marked = time.GetTimestamp();
                _read.Enqueue((_marked, offset));
                while (_read.Count > Marks)
                    _read.Dequeue();
            }
            return true;
        }
    }

    /// <summary>A record that never came into the cache is done: it belongs to no stream, or it was parked.</summary>
    public void Skip(long offset)
    {
        lock (_lock)
        {
            if (!_closed)
                _progress.Finish(offset);
        }
    }

    public int GetMaxAddCount()
    {
        lock (_lock)
        {
            Settle();
            if (
                _closed
                || _stoppedAt is not null
                || _openBytes >= options.CacheBytes
                || _progress.Distance >= options.Span
            )
                return 0;
            return Math.Max(0, Math.Min(options.PullSize, options.CacheSize - _open));
        }
    }

    public void AddToCache(IList<IBatchContainer> messages)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            foreach (var message in messages)
            {
                if (message is CacheEntry entry)
                    Add(entry);
            }
            Evict();
        }
    }

    /// <summary>Orleans' own way of telling what was delivered leaves out what failed; ours is the watermark.</summary>
    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public bool IsUnderPressure() => false;

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        lock (_lock)
        {
            var line = Line(streamId);
            var cursor = new StreamCursor(this, line);
            line.Cursors.Add(cursor);
            switch (token as KafkaSequenceToken)
            {
                case null:
                    Attach(cursor, Math.Max(_start, _progress.Next), null);
                    break;
                case { IsInternal: true } known when known.Partition != partition.Partition.Value:
                    // Of another partition, where this stream was before there were more of them: it says nothing here.
                    Attach(cursor, OldestOpen(line), null);
                    break;
                case { IsInternal: true } known
                    when known.SequenceNumber >= _floor || !JustRead(known.SequenceNumber):
                    // What is below the floor and not just read is an old delivery: all since then was delivered, too, or parked.
                    Attach(cursor, known.SequenceNumber, known.SequenceNumber);
                    break;
                case { Time: null } wanted when wanted.Partition < 0 && wanted.SequenceNumber >= _floor:
                    Attach(cursor, wanted.SequenceNumber, null);
                    break;
                case { Partition: >= 0 } wanted when wanted.Partition != partition.Partition.Value:
                    Attach(cursor, Math.Max(_start, _progress.Next), null);
                    break;
                case { Time: null } wanted when wanted.SequenceNumber >= _floor:
                    Attach(cursor, wanted.SequenceNumber, wanted.SequenceNumber);
                    break;
                case var older:
                    cursor.Rewind(owner.Rewind(this, streamId, older));
                    break;
            }
            return cursor;
        }
    }

    /// <summary>A rewound cursor has read up to this offset. True when it goes on in the cache from there.</summary>
    public bool TryJoin(StreamCursor cursor, long position)
    {
        lock (_lock)
        {
            if (cursor.Disposed)
                return true;
            if (_closed || (position < _floor && position < Math.Max(_start, _progress.Next)))
                return false;
            Attach(cursor, position, null);
            return true;
        }
    }

    /// <summary>Guards the cursors, too.</summary>
    public Lock Gate => _lock;

    /// <summary>Lock held. A cursor has passed an entry.</summary>
    public void Pass(CacheEntry entry)
    {
        if (--entry.Waiting == 0 && !entry.Done)
            Finish(entry);
    }

    /// <summary>Lock held. A cursor goes: it waits for nothing any more. Whether somebody else does is decided at the next pull, when new subscriptions have their cursors.</summary>
    public void Leave(StreamCursor cursor, StreamLine line, IEnumerable<CacheEntry> unpassed)
    {
        foreach (var entry in unpassed)
        {
            if (--entry.Waiting == 0 && !entry.Done)
                _loose.Add(entry);
        }
        line.Cursors.Remove(cursor);
        if (line.IsEmpty)
            _lines.Remove(line.Stream);
    }

    /// <summary>Lock held. A cursor may have been stepped on without a delivery; the next pull decides.</summary>
    public void Quiet(StreamCursor cursor) => _quiet.Add(cursor);

    public bool Closed => _closed;

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>A subscription is made within the time for which Orleans tries a call; twice that is remembered, but an hour at most.</summary>
    TimeSpan Step =>
        TimeSpan.FromTicks(Math.Clamp(options.MaxRetryTime.Ticks, Minute.Ticks, TimeSpan.TicksPerHour))
        * 2
        / Marks;

    bool JustRead(long offset)
    {
        while (_read.TryPeek(out var old) && time.GetElapsedTime(old.Since) > Step * Marks)
            _read.Dequeue();
        return _read.TryPeek(out var first) && offset >= first.Offset;
    }

    void Add(CacheEntry entry)
    {
        var line = Line(entry.StreamId);
        line.Append(entry);
        foreach (var cursor in line.Cursors)
            cursor.Appended(entry);
        if (entry.Waiting == 0)
            _loose.Add(entry);
        _open++;
        _openBytes += entry.Size;
    }

    /// <summary>What came with the last pull and found no cursor has nobody who wants it.</summary>
    void Settle()
    {
        foreach (var cursor in _quiet)
            cursor.PassSteppedOver();
        _quiet.Clear();
        if (_loose.Count == 0)
            return;
        foreach (var entry in _loose)
        {
            if (entry is { Waiting: 0, Done: false })
                Finish(entry);
        }
        _loose.Clear();
        Evict();
    }

    void Finish(CacheEntry entry)
    {
        if (_closed)
            return;
        entry.Done = true;
        _open--;
        _openBytes -= entry.Size;
        _deliveredBytes += entry.Size;
        _delivered.Enqueue(entry);
        _progress.Finish(entry.Offset);
    }

    void Evict()
    {
        for (
            var tries = _delivered.Count;
            tries > 0
                && (
                    _open + _delivered.Count > options.CacheSize
                    || _openBytes + _deliveredBytes > options.CacheBytes
                );
            tries--
        )
        {
            var entry = _delivered.Dequeue();
            if (entry.Waiting > 0)
            {
                // A subscription that came late is still on its way through what others have had.
                _delivered.Enqueue(entry);
                continue;
            }
            _deliveredBytes -= entry.Size;
            _floor = Math.Max(_floor, entry.Offset + 1);
            var line = _lines[entry.StreamId];
            line.Remove(entry);
            if (line.IsEmpty)
                _lines.Remove(entry.StreamId);
        }
    }

    void Attach(StreamCursor cursor, long from, long? exactly)
    {
        var first = cursor.Line.From(from);
        for (var entry = first; entry is not null; entry = entry.Next)
            entry.Waiting++;
        cursor.Attach(from, exactly, first);
    }

    static long OldestOpen(StreamLine line)
    {
        var entry = line.Head;
        while (entry is { Done: true })
            entry = entry.Next;
        return entry?.Offset ?? 0;
    }

    StreamLine Line(StreamId stream)
    {
        if (!_lines.TryGetValue(stream, out var line))
            _lines[stream] = line = new StreamLine(stream);
        return line;
    }
}

/// <summary>What a cache needs of whoever reads its partition.</summary>
interface IStreamCacheOwner
{
    string Provider { get; }

    IKafkaEventCodec Codec { get; }

    /// <summary>Begins to read older records of a stream.</summary>
    Rewind Rewind(StreamCache cache, StreamId stream, KafkaSequenceToken from);

    void Nudge(StreamId stream);

    /// <summary>A delivery to one consumer ended well.</summary>
    void Delivered(StreamId stream, FeedRecord record, long since);

    /// <summary>The failure handler will be asked about this record.</summary>
    void Failing(FailedDelivery failed);
}
