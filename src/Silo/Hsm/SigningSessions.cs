using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// As many threads as there are permits, each with a session of its own. A thread that was told to stop counts until it
/// has really closed its session, so that a token that hangs never has more sessions open than permits were leased. One
/// that hangs in the device is abandoned: it signs no more, keeps its permit, and is told to close when it comes back.
/// </summary>
sealed partial class SigningSessions(
    ISigningToken token,
    SigningQueue queue,
    SigningMetrics metrics,
    TimeSpan patience,
    TimeProvider time,
    ILogger logger
)
{
    readonly Lock _lock = new();
    readonly List<SigningWorker> _workers = [];

    /// <summary>Sessions that can sign now.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
                return _workers.Count(w => w.IsOpen && !w.Hangs(patience));
        }
    }

    /// <summary>Sessions that hang in the device.</summary>
    public int Hung
    {
        get
        {
            lock (_lock)
                return _workers.Count(w => w.Hangs(patience));
        }
    }

    /// <summary>Sessions that are not closed, for whatever reason: what the token counts.</summary>
    public int Held
    {
        get
        {
            lock (_lock)
                return _workers.Count(w => !w.HasEnded);
        }
    }

    /// <summary>Why the last session failed or could not be opened; null since one was opened.</summary>
    public string? Fault { get; private set; }

    /// <summary>Has at most this many sessions from now on, those that hang included: those beyond are told to close, missing ones are opened by and by.</summary>
    public void Resize(int permits)
    {
        lock (_lock)
        {
            Forget();
            foreach (var hung in _workers.Where(w => w.Hangs(patience) && !w.IsStopping))
            {
                LogAbandoned(patience.TotalSeconds);
                hung.Stop();
            }

            var left = Math.Max(0, permits - _workers.Count(w => w.Hangs(patience)));
            foreach (var beyond in _workers.Where(w => !w.IsStopping).Skip(left).ToList())
                beyond.Stop();
            while (_workers.Count < permits)
                _workers.Add(
                    new SigningWorker(token, queue, time, opened: () => Fault = null, failed: Failed)
                );
        }
    }

    /// <summary>Waits until those told to close have closed, but not for those that hang.</summary>
    /// <returns>False when some have not by then.</returns>
    public async Task<bool> Settled()
    {
        Task[] stopping;
        lock (_lock)
            stopping = [.. _workers.Where(w => w.IsStopping && !w.Hangs(patience)).Select(w => w.Ended)];
        try
        {
            await Task.WhenAll(stopping).WaitAsync(patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_lock)
                Forget();
        }
        return true;
    }

    void Forget()
    {
        foreach (var ended in _workers.Where(w => w.HasEnded))
            ended.Dispose();
        _workers.RemoveAll(w => w.HasEnded);
    }

    void Failed(Exception e)
    {
        Fault = e.Message;
        metrics.SessionFailed();
        LogSessionFailed(e.Message);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A signing session failed and is not used again: {Reason}"
    )]
    partial void LogSessionFailed(string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A signing session has hung in the device for {Seconds:0.#} s and is abandoned; it keeps its permit until the device lets it go."
    )]
    partial void LogAbandoned(double seconds);
}
