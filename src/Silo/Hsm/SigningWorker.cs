using ClearanceEngine.Signing;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>One thread; a session that failed is closed and another one opened, after a pause that grows.</summary>
sealed class SigningWorker : IDisposable
{
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100),
        LongestPause = TimeSpan.FromSeconds(5);

    readonly ISigningToken _token;
    readonly SigningQueue _queue;
    readonly TimeProvider _time;
    readonly Action _opened;
    readonly Action<Exception> _failed;
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _isOpen;

    /// <summary>When it last went to the device and has not come back; 0 while it is not there.</summary>
    long _atDeviceSince;

    /// <summary>Starts the thread.</summary>
    /// <param name="token">Opens sessions.</param>
    /// <param name="queue">What is to be signed.</param>
    /// <param name="time">For the pauses.</param>
    /// <param name="opened">Told when a session is open.</param>
    /// <param name="failed">Told why one failed or could not be opened.</param>
    public SigningWorker(
        ISigningToken token,
        SigningQueue queue,
        TimeProvider time,
        Action opened,
        Action<Exception> failed
    )
    {
        _token = token;
        _queue = queue;
        _time = time;
        _opened = opened;
        _failed = failed;
        new Thread(Run) { IsBackground = true, Name = "signing session" }.Start();
    }

    /// <summary>It can sign now.</summary>
    public bool IsOpen => _isOpen && !IsStopping;

    /// <summary>It has been in the device for longer than this. No call of PKCS#11 can be ended from outside: its thread and session are abandoned until the device lets them go.</summary>
    public bool Hangs(TimeSpan patience) =>
        Interlocked.Read(ref _atDeviceSince) is not 0 and var since
        && _time.GetElapsedTime(since) >= patience;

    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Its session is closed and its thread over.</summary>
    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>Completes when it <see cref="HasEnded"/>.</summary>
    public Task Ended => _ended.Task;

    public void Stop() => _stop.Cancel();

    /// <summary>Only after it has ended.</summary>
    public void Dispose() => _stop.Dispose();

    void Run()
    {
        var pause = ShortestPause;
        while (!IsStopping)
        {
            if (Serve())
                pause = ShortestPause;
            if (IsStopping)
                break;
            Wait(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        _ended.SetResult();
    }

    /// <summary>Opens a session and signs with it until it fails or is told to stop.</summary>
    /// <returns>True when it signed at all.</returns>
    bool Serve()
    {
        var signed = false;
        try
        {
            using var session = AtDevice(_token.OpenSession);
            _isOpen = true;
            _opened();
            while (Sign(session, _queue.Take(_stop.Token)))
                signed = true;
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            // Told to stop.
        }
        catch (Exception e)
        {
            // Whatever a module throws: this thread must live on, or the permit is lost.
            _failed(e);
        }
        finally
        {
            _isOpen = false;
        }
        return signed;
    }

    /// <summary>False when the session must not be used again.</summary>
    bool Sign(ISigningSession session, SigningRequest request)
    {
        try
        {
            var signature = AtDevice(() => session.Sign(request.Key, request.Data.Span));
            // A wrong signature of an RSA device can give its key away; it must not leave.
            if (!request.Key.Certificate.Verify(request.Key.Profile.Algorithm, request.Data.Span, signature))
                throw new SigningUnavailableException(
                    $"The token made a signature that the certificate {request.Key.Certificate.Serial} of {request.Key.Participant} does not verify."
                );
            request.Complete(signature);
            return true;
        }
        catch (UnknownSigningKeyException e)
        {
            request.Fail(e);
            return true;
        }
        catch (Exception e)
        {
            _failed(e);
            // A session may end by itself, and another one can sign; what fails twice is not the session's fault.
            if (++request.Failures > 1)
                request.Fail(
                    e as SigningUnavailableException ?? new SigningUnavailableException(e.Message, e)
                );
            else
                _queue.Return(request);
            return false;
        }
    }

    T AtDevice<T>(Func<T> work)
    {
        Interlocked.Exchange(ref _atDeviceSince, Math.Max(1, _time.GetTimestamp()));
        try
        {
            return work();
        }
        finally
        {
            Interlocked.Exchange(ref _atDeviceSince, 0);
        }
    }

    void Wait(TimeSpan pause)
    {
        try
        {
            Task.Delay(pause, _time, _stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
