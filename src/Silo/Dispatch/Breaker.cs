namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Keeps work away from something that failed. Closed, everything passes. A failure opens it for a while, doubled each
/// time; then one passes as a probe, and what becomes of it closes the breaker or opens it again.
/// </summary>
sealed class Breaker(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    readonly Lock _lock = new();
    int _failures;
    DateTimeOffset _until;
    Break? _break;
    bool _probing;

    /// <summary>Of each opening and probe: what began before speaks for what is over.</summary>
    int _era;

    /// <summary>Why nothing passes, and since when; null while closed.</summary>
    public Break? Open
    {
        get
        {
            lock (_lock)
                return _break;
        }
    }

    /// <summary>Whether it is worth while to come: closed, or a probe may be made.</summary>
    public bool MayPass()
    {
        lock (_lock)
            return _break is null || (!_probing && time.GetUtcNow() >= _until);
    }

    /// <summary>Lets work pass; whoever passed must say how it ended, by the ticket.</summary>
    public bool TryPass(out int ticket)
    {
        lock (_lock)
        {
            ticket = _era;
            if (_break is null)
                return true;
            if (_probing || time.GetUtcNow() < _until)
                return false;
            _probing = true;
            ticket = ++_era;
            return true;
        }
    }

    /// <summary>What passed was given up and says nothing: the next that comes may be the probe.</summary>
    public void GaveUp(int ticket)
    {
        lock (_lock)
        {
            if (ticket == _era)
                _probing = false;
        }
    }

    /// <returns>True when this closed the breaker.</returns>
    public bool Succeeded(int ticket)
    {
        lock (_lock)
        {
            if (_break is null || ticket != _era)
                return false;
            _break = null;
            _probing = false;
            _failures = 0;
            return true;
        }
    }

    /// <returns>True when this opened a breaker that was closed.</returns>
    public bool Failed(int ticket, string reason)
    {
        lock (_lock)
        {
            if (ticket != _era)
                return false;
            var opened = _break is null;
            var now = time.GetUtcNow();
            _break = new Break(reason, _break?.Since ?? now);
            _until = now + Wait(_failures++);
            _probing = false;
            _era++;
            return opened;
        }
    }

    TimeSpan Wait(int failures)
    {
        var wait = first * Math.Pow(2, Math.Min(failures, 30));
        return wait < longest ? wait : longest;
    }
}

/// <summary>Why a breaker is open, and since when.</summary>
sealed record Break(string Reason, DateTimeOffset Since);
