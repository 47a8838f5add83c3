namespace ClearanceEngine.Silo.Hosting;

/// <summary>Bounds how often something that goes on is told: when it begins, then once a minute at most.</summary>
sealed class OnceAMinute(TimeProvider time)
{
    static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    long? _toldAt;
    long _untold;

    /// <summary>It goes on; true where that is to be told now.</summary>
    public bool IsDue()
    {
        lock (_lock)
        {
            if (_toldAt is { } told && time.GetElapsedTime(told) < Between)
                return false;

            _toldAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>It happened once more.</summary>
    /// <returns>How often since it was last told, where that is to be told now; else 0.</returns>
    public long Count()
    {
        lock (_lock)
        {
            _untold++;
            if (!IsDue())
                return 0;

            var count = _untold;
            _untold = 0;
            return count;
        }
    }

    /// <summary>It is over: the next time is told at once.</summary>
    /// <returns>Whether it went on until now.</returns>
    public bool End()
    {
        lock (_lock)
        {
            var wentOn = _toldAt is not null;
            _toldAt = null;
            return wentOn;
        }
    }
}
