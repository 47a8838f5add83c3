using System.Net;
using System.Threading.RateLimiting;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Places for bodies that are read or held: a count and their bytes, by client and in all. One is taken before the first byte is
/// asked for, so what many send slowly is bounded before it is here.
/// </summary>
sealed class BodyPlaces : IDisposable
{
    /// <summary>Bytes of a permit: the limiter counts in integers.</summary>
    const int Unit = 1_024;

    readonly PartitionedRateLimiter<IPAddress> _places;
    readonly PartitionedRateLimiter<IPAddress> _room;
    long _count;
    long _bytes;

    public BodyPlaces(DoorOptions options)
    {
        _places = Limiter(options.ClientReading, options.Reading);
        _room = Limiter(Units(options.ClientReadingBytes), Units(options.ReadingBytes));
        DoorMetrics.Watch(this);
    }

    /// <summary>Bodies that are read or held now.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Their bytes, as they were announced.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A place for a body of so many bytes until it is disposed; null when there is none.</summary>
    public IDisposable? TryEnter(IPAddress client, long bytes)
    {
        var place = _places.AttemptAcquire(client);
        if (!place.IsAcquired)
        {
            place.Dispose();
            return null;
        }

        var room = _room.AttemptAcquire(client, Units(bytes));
        if (room.IsAcquired)
            return new Held(this, place, room, bytes);
        room.Dispose();
        place.Dispose();
        return null;
    }

    public void Dispose()
    {
        _places.Dispose();
        _room.Dispose();
    }

    static PartitionedRateLimiter<IPAddress> Limiter(int ofClient, int inAll) =>
        PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<IPAddress, IPAddress>(client =>
                DoorLimits.AtOnce(client, ofClient)
            ),
            PartitionedRateLimiter.Create<IPAddress, int>(_ => DoorLimits.AtOnce(0, inAll))
        );

    static int Units(long bytes) => (int)Math.Min(int.MaxValue, (bytes + Unit - 1) / Unit);

    sealed class Held : IDisposable
    {
        readonly BodyPlaces _owner;
        readonly RateLimitLease _place;
        readonly RateLimitLease _room;
        readonly long _size;

        public Held(BodyPlaces owner, RateLimitLease place, RateLimitLease room, long size)
        {
            _owner = owner;
            _place = place;
            _room = room;
            _size = size;
            Interlocked.Increment(ref owner._count);
            Interlocked.Add(ref owner._bytes, size);
        }

        public void Dispose()
        {
            _room.Dispose();
            _place.Dispose();
            Interlocked.Decrement(ref _owner._count);
            Interlocked.Add(ref _owner._bytes, -_size);
        }
    }
}
