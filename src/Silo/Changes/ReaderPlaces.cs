using ClearanceEngine.Access;

namespace ClearanceEngine.Silo.Changes;

/// <summary>Why a reader has no place.</summary>
enum PlaceRefusal
{
    /// <summary>The caller has as many as one may have.</summary>
    Caller,

    /// <summary>The silo has as many as it may have.</summary>
    Silo,
}

/// <summary>Counts streams and polls that are open, of all and of each caller; nothing is remembered of who has none.</summary>
sealed class ReaderPlaces(ChangesOptions options)
{
    readonly Lock _lock = new();
    readonly Dictionary<CallerIdentity, int> _open = [];
    int _all;

    /// <summary>Open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _all;
        }
    }

    /// <summary>A place, which is given back when it is disposed; null with the reason.</summary>
    public IDisposable? TryEnter(Caller caller, out PlaceRefusal refusal)
    {
        var who = caller.Identity;
        lock (_lock)
        {
            var own = _open.GetValueOrDefault(who);
            refusal = own >= options.CallerReaders ? PlaceRefusal.Caller : PlaceRefusal.Silo;
            if (own >= options.CallerReaders || _all >= options.Readers)
                return null;

            _open[who] = own + 1;
            _all++;
            return new Place(this, who);
        }
    }

    void Leave(CallerIdentity who)
    {
        lock (_lock)
        {
            _all--;
            if (--_open[who] == 0)
                _open.Remove(who);
        }
    }

    sealed class Place(ReaderPlaces places, CallerIdentity who) : IDisposable
    {
        int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                places.Leave(who);
        }
    }
}
