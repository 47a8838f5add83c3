namespace ClearanceEngine.Silo.Hsm;

/// <summary>Requests in order, bounded. An addition wakes one thread, not all; what is given up leaves its place at once.</summary>
sealed class SigningQueue(int limit) : IDisposable
{
    readonly Lock _lock = new();
    readonly LinkedList<SigningRequest> _requests = [];
    readonly SemaphoreSlim _there = new(0);

    public int Waiting
    {
        get
        {
            lock (_lock)
                return _requests.Count;
        }
    }

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(SigningRequest request)
    {
        lock (_lock)
        {
            if (_requests.Count >= limit)
                return false;
            request.Place = _requests.AddLast(request);
            _there.Release();
            return true;
        }
    }

    /// <summary>Back to the front, for a request that a session failed on.</summary>
    public void Return(SigningRequest request)
    {
        lock (_lock)
        {
            if (request.IsOver)
                return;
            request.Place = _requests.AddFirst(request);
            _there.Release();
        }
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void GiveUp(SigningRequest request)
    {
        lock (_lock)
        {
            request.GiveUp();
            if (request.Place is not { } place)
                return;
            _requests.Remove(place);
            request.Place = null;
            // Under the lock: its wake-up, not that of the next one. Where a thread has it already, that finds nothing.
            _there.Wait(0);
        }
    }

    /// <summary>Waits for a request.</summary>
    /// <exception cref="OperationCanceledException">The wait ended.</exception>
    public SigningRequest Take(CancellationToken stop)
    {
        while (true)
        {
            _there.Wait(stop);
            lock (_lock)
            {
                // Given up between the wake-up and here.
                if (_requests.First is not { } first)
                    continue;
                _requests.RemoveFirst();
                first.Value.Place = null;
                return first.Value;
            }
        }
    }

    public void Dispose() => _there.Dispose();
}
