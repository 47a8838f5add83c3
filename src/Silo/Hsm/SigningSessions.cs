using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// As many threads as there are permits, each with a session of its own. A thread that was told to stop counts until it
/// has really closed its session, so that a token that hangs never has more sessions open than permits were leased.
/// </summary>
sealed partial class SigningSessions(
    ISigningToken token,
    SigningQueue queue,
    SigningMetrics metrics,
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
                return _workers.Count(w => w.IsOpen);
        }
    }

    /// <summary>Why the last session failed or could not be opened; null since one was opened.</summary>
    public string? Fault { get; private set; }

    /// <summary>Has at most this many sessions from now on: those beyond are told to close, missing ones are opened by and by.</summary>
    public void Resize(int permits)
    {
        lock (_lock)
        {
            Forget();
            foreach (var beyond in _workers.Where(w => !w.IsStopping).Skip(permits).ToList())
                beyond.Stop();
            while (_workers.Count < permits)
                _workers.Add(
                    new SigningWorker(token, queue, time, opened: () => Fault = null, failed: Failed)
                );
        }
    }

    /// <summary>Waits until those told to close have closed.</summary>
    /// <returns>False when some have not by then.</returns>
    public async Task<bool> Settled(TimeSpan timeout)
    {
        Task[] stopping;
        lock (_lock)
            stopping = [.. _workers.Where(w => w.IsStopping).Select(w => w.Ended)];
        try
        {
            await Task.WhenAll(stopping).WaitAsync(timeout, time).ConfigureAwait(false);
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
}
