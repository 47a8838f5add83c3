namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// How the records of one reader fare beside each other. A record that fails while others succeed is wrong; where all fail, it
/// is not the records. Thread-safe.
/// </summary>
sealed class Neighbours
{
    long _lastBegan = long.MinValue;
    long _lastEnded = long.MinValue;
    int _failing;

    /// <summary>Records whose last try failed and that are not done yet.</summary>
    public int Failing => Volatile.Read(ref _failing);

    /// <summary>A record's handling ended well.</summary>
    public void Succeeded(long began, long ended)
    {
        Raise(ref _lastBegan, began);
        Raise(ref _lastEnded, ended);
    }

    public void FirstFailure() => Interlocked.Increment(ref _failing);

    public void FailingEnded() => Interlocked.Decrement(ref _failing);

    /// <summary>One began after that moment and ended well: whatever handling needs was there in between.</summary>
    public bool BeganAndSucceededSince(long moment) => Volatile.Read(ref _lastBegan) > moment;

    /// <summary>One ended well after that moment, whenever it began.</summary>
    public bool SucceededSince(long moment) => Volatile.Read(ref _lastEnded) > moment;

    static void Raise(ref long field, long value)
    {
        var known = Volatile.Read(ref field);
        while (value > known)
        {
            var found = Interlocked.CompareExchange(ref field, value, known);
            if (found == known)
                return;
            known = found;
        }
    }
}
