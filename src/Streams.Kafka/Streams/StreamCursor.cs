using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// One subscription's way through its stream: first, if it was rewound, through older records read from Kafka, then through
/// the cache. Orleans says nothing when a delivery ends well; it asks for the next. So what was handed out counts as
/// delivered once more is asked for after it went to its consumer. The cache's lock guards it.
/// </summary>
sealed class StreamCursor(StreamCache cache, StreamLine line) : IQueueCacheCursor, IDeliveryWitness
{
    readonly List<Handed> _out = [];
    readonly Queue<Handed> _again = new();
    CacheEntry? _next;
    long _from;
    long? _exactly;
    bool _attached;
    bool _sent;
    bool _ended;
    bool _halted;
    KafkaBatch? _current;
    FailedDelivery? _failed;
    Rewind? _rewind;

    public StreamLine Line => line;

    public bool Disposed { get; private set; }

    /// <summary>It follows the cache from here on.</summary>
    /// <param name="from">Records below this offset are not for it.</param>
    /// <param name="exactly">The offset of a record that its consumer may have had; null when it had none.</param>
    /// <param name="next">The first for it that is there.</param>
    public void Attach(long from, long? exactly, CacheEntry? next)
    {
        _from = from;
        _exactly = exactly;
        _next = next;
        _attached = true;
    }

    public void Rewind(Rewind rewind)
    {
        _rewind = rewind;
        rewind.Start(this);
    }

    /// <summary>The rewound reader has records again, or has joined the cache.</summary>
    public void Woken() => cache.Owner.Nudge(line.Stream);

    public void Appended(CacheEntry entry)
    {
        if (!_attached || entry.Offset < _from)
            return;
        entry.Waiting++;
        _next ??= entry;
    }

    /// <summary>The cache begins anew; what was handed out counts no more.</summary>
    public void Forget()
    {
        _out.Clear();
        _again.Clear();

        _next = null;
        _current = null;
        _exactly = null;
        _failed = null;
        _sent = false;
        _ended = false;
        _halted = false;

        if (_rewind is null)
            (_attached, _from) = (true, 0);
    }

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _current;
    }

    public bool MoveNext()
    {
        lock (cache.Gate)
        {
            if (Disposed || cache.Closed)
                return false;

            if (_sent || _ended || cache.OneByOne)
                Pass();
            if (_halted)
                return Pause();

            // A group that failed goes one by one: this one is alone in its call.
            if (_again.Count + (_out is [{ Again: true }] ? 1 : 0) > 0 && _out.Count > 0)
                return Pause();
            if (Take() is not { } handed)
                return Pause();

            _out.Add(handed);
            _current = handed.Batch;
            return true;
        }
    }

    public void Refresh(StreamSequenceToken token) { }

    public void Delivering(KafkaBatch batch)
    {
        lock (cache.Gate)
        {
            foreach (var handed in _out)
            {
                if (!ReferenceEquals(handed.Batch, batch))
                    continue;
                _sent = true;
                return;
            }
        }
    }

    /// <summary>A group is taken apart; a single record waits for the failure handler's word.</summary>
    public void RecordDeliveryFailure()
    {
        lock (cache.Gate)
        {
            if (_out.Count > 1)
            {
                var rest = _again.ToArray();
                _again.Clear();
                foreach (var handed in _out.Concat(rest))
                    _again.Enqueue(handed);
                _out.Clear();
                (_sent, _ended) = (false, false);
            }
            else if (_out is [var single])
            {
                _failed = new FailedDelivery(line.Stream, single.Record, single.Since);
                cache.Owner.Failing(_failed);
            }
        }
    }

    public void Dispose()
    {
        lock (cache.Gate)
        {
            if (Disposed)
                return;
            Disposed = true;
            cache.Leave(this, line, Unpassed());
            _rewind?.Dispose();
        }
    }

    /// <param name="Entry">Its place in the cache; null when it was read from Kafka again.</param>
    /// <param name="Record">The record.</param>
    /// <param name="Batch">What was given to Orleans.</param>
    /// <param name="Since">When.</param>
    /// <param name="Again">It was in a group that failed.</param>
    readonly record struct Handed(
        CacheEntry? Entry,
        FeedRecord Record,
        KafkaBatch Batch,
        long Since,
        bool Again
    );

    bool Pause()
    {
        _ended = true;
        _current = null;
        if (IsSteppedOver)
            cache.Quiet(this);
        return false;
    }

    /// <summary>Orleans stepped over the last event that the consumer had, sent nothing, and found no more.</summary>
    bool IsSteppedOver => _ended && !_sent && _out is [var only] && only.Record.Offset == _exactly;

    /// <summary>At the next pull: what would have been sent was sent by then.</summary>
    public void PassSteppedOver()
    {
        if (IsSteppedOver && !Disposed)
            Pass();
    }

    void Pass()
    {
        if (_failed is { Again: true } && _out is [var whole])
        {
            Return(whole);
            return;
        }

        foreach (var handed in _out)
        {
            if (_failed is { Resolved: false } failed && ReferenceEquals(failed.Record, handed.Record))
            {
                // Neither delivered nor parked: its stream ends here, so that nothing overtakes it.
                _halted = true;
                continue;
            }
            if (handed.Entry is { } entry)
                cache.Pass(entry);
            if (_failed is null)
                cache.Owner.Delivered(line.Stream, handed.Record, handed.Since);
        }

        NothingIsOut();
    }

    /// <summary>Before all others, which must not overtake it.</summary>
    void Return(Handed handed)
    {
        var rest = _again.ToArray();
        _again.Clear();
        _again.Enqueue(handed);
        foreach (var later in rest)
            _again.Enqueue(later);

        NothingIsOut();
    }

    /// <summary>What was handed out is dealt with: delivered, or back among what is to come.</summary>
    void NothingIsOut()
    {
        _out.Clear();
        _sent = false;
        _ended = false;
        _failed = null;
    }

    Handed? Take()
    {
        if (_again.TryDequeue(out var again))
            return Hand(again.Entry, again.Record, again: true);

        if (_rewind is { } rewind)
        {
            if (rewind.TryTake(out var record))
                return Hand(null, record, again: false);
            if (!_attached)
                return null;
            _rewind = null;
            rewind.Dispose();
        }

        if (_next is not { } entry)
            return null;
        _next = entry.Next;
        return Hand(entry, entry.Record, again: false);
    }

    Handed Hand(CacheEntry? entry, FeedRecord record, bool again) =>
        new(
            entry,
            record,
            new KafkaBatch(cache.Owner.Provider, line.Stream, record, cache.Owner.Codec, this),
            cache.Time.GetTimestamp(),
            again
        );

    IEnumerable<CacheEntry> Unpassed()
    {
        foreach (var handed in _out.Concat(_again))
        {
            if (handed.Entry is { } entry)
                yield return entry;
        }
        for (var entry = _attached ? _next : null; entry is not null; entry = entry.Next)
            yield return entry;
    }
}

/// <summary>A record whose retries at one consumer are used up, until the failure handler has decided.</summary>
sealed class FailedDelivery(StreamId stream, FeedRecord record, long since)
{
    public StreamId Stream => stream;

    public FeedRecord Record => record;

    /// <summary>When it was handed out.</summary>
    public long Since => since;

    /// <summary>It may be passed: the broker has its dead letter.</summary>
    public volatile bool Resolved;

    /// <summary>It is to be handed out again: a part was away, or everything failed.</summary>
    public volatile bool Again;
}
