using Orleans.Runtime;
using Orleans.Streams;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>One record in the cache of a partition, linked to the others of its stream. To Orleans it is what was pulled; what is handed out is made for each cursor.</summary>
sealed class CacheEntry(StreamId stream, FeedRecord record) : IBatchContainer
{
    public StreamId StreamId => stream;

    public StreamSequenceToken SequenceToken => KafkaSequenceToken.OfRecord(record.Partition, record.Offset);

    public FeedRecord Record => record;

    public long Offset => record.Offset;

    public int Size => record.Size;

    public CacheEntry? Previous { get; set; }

    public CacheEntry? Next { get; set; }

    /// <summary>Cursors that have yet to pass it.</summary>
    public int Waiting { get; set; }

    /// <summary>Its handling ended well for all of them, or nobody wants it.</summary>
    public bool Done { get; set; }

    IEnumerable<Tuple<T, StreamSequenceToken>> IBatchContainer.GetEvents<T>() => [];

    bool IBatchContainer.ImportRequestContext() => false;
}

/// <summary>The records of one stream that are in the cache, by rising offset, and the cursors that follow them.</summary>
sealed class StreamLine(StreamId stream)
{
    public StreamId Stream => stream;

    public CacheEntry? Head { get; private set; }

    public CacheEntry? Tail { get; private set; }

    public List<StreamCursor> Cursors { get; } = [];

    public bool IsEmpty => Head is null && Cursors.Count == 0;

    public void Append(CacheEntry entry)
    {
        entry.Previous = Tail;
        if (Tail is null)
            Head = entry;
        else
            Tail.Next = entry;
        Tail = entry;
    }

    public void Remove(CacheEntry entry)
    {
        if (entry.Previous is null)
            Head = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is null)
            Tail = entry.Previous;
        else
            entry.Next.Previous = entry.Previous;
    }

    /// <summary>The first whose offset is not below this one.</summary>
    public CacheEntry? From(long offset)
    {
        var entry = Head;
        while (entry is not null && entry.Offset < offset)
            entry = entry.Next;
        return entry;
    }
}
