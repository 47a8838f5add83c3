using System.Diagnostics;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hosting;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// This silo's signer: as many sessions as it holds permits, fed from a bounded queue. Permits come from the token's pool
/// and are renewed well before their deadline; without a lease no session is open.
/// </summary>
public sealed partial class TokenSigner : BackgroundService, IMessageSigner, ISigningCertificates
{
    /// <summary>For closing sessions and giving their permits back at a stop; what takes longer ends with the lease.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(3);

    static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    readonly ISigningToken _token;
    readonly HsmOptions _options;
    readonly SigningPoolOptions _poolOptions;
    readonly ISigningPoolGrain _pool;
    readonly KeyDirectory _keys;
    readonly TimeProvider _time;
    readonly ILogger<TokenSigner> _logger;
    readonly SigningQueue _queue;
    readonly SigningMetrics _metrics;
    readonly SigningSessions _sessions;
    readonly TokenAbsence _absence;
    readonly OnceAMinute _silentPool;
    readonly ITimer _end;
    readonly Lock _leaseLock = new();
    readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>The last lease that reached us and whose surplus sessions are closed.</summary>
    PermitLease? _last;
    long _leaseFrom;
    int _permits;
    long _signed;
    Task _check = Task.CompletedTask;
    bool _wasFit;
    volatile string? _fault = "no permits leased yet";

    public TokenSigner(
        ISigningToken token,
        HsmOptions options,
        SigningPoolOptions poolOptions,
        IGrainFactory grains,
        TimeProvider time,
        ILogger<TokenSigner> logger
    )
        : this(
            token,
            options,
            poolOptions,
            grains.Grain<ISigningPoolGrain>(
                $"t/{(options.Provider == HsmProvider.Development ? "development" : options.TokenLabel)}"
            ),
            time,
            logger
        ) { }

    internal TokenSigner(
        ISigningToken token,
        HsmOptions options,
        SigningPoolOptions poolOptions,
        ISigningPoolGrain pool,
        TimeProvider time,
        ILogger<TokenSigner> logger
    )
    {
        _token = token;
        _options = options;
        _poolOptions = poolOptions;
        _pool = pool;
        _time = time;
        _logger = logger;
        _absence = new TokenAbsence(time, logger);
        _silentPool = new OnceAMinute(time);
        _keys = new KeyDirectory(token, options, time);
        _queue = new SigningQueue(options.QueueLimit);
        _metrics = new SigningMetrics(
            () => _queue.Waiting,
            () => Sessions,
            () => Hung,
            () => Volatile.Read(ref _permits)
        );
        _sessions = new SigningSessions(token, _queue, _metrics, options.Timeout, time, logger);
        _end = time.CreateTimer(_ => EndOfLease(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sessions open now.</summary>
    public int Sessions => _sessions.Open;

    /// <summary>Signatures that wait for a session.</summary>
    public int Waiting => _queue.Waiting;

    /// <summary>Sessions that hang in the device.</summary>
    public int Hung => _sessions.Hung;

    /// <summary>Why nothing can be signed now, or null.</summary>
    public string? Fault => _fault ?? (Sessions > 0 ? null : SessionsFault);

    /// <summary>The token is there and was never fit to sign as it is set up; waiting does not mend that.</summary>
    public bool IsUnfit { get; private set; }

    string SessionsFault =>
        Hung is > 0 and var hung
            ? $"加签设备无响应：{hung} 个会话停在设备中。{hung} sessions have hung in the device for more than {_options.Timeout.TotalSeconds:0.#} s; check the device."
            : _sessions.Fault ?? "sessions are being opened";

    public ValueTask<bool> Belongs(
        string participantCode,
        SigningCertificate certificate,
        CancellationToken cancellationToken = default
    ) => _keys.Belongs(participantCode, certificate, cancellationToken);

    /// <summary>Has the token asked for a participant's key, so that it is known should the token go away later.</summary>
    /// <returns>True when it is known, or known not to be there.</returns>
    internal Task<bool> Prepare(string participantCode, CancellationToken cancellationToken) =>
        _keys.Prepare(participantCode, cancellationToken);

    public async ValueTask<byte[]> Sign(
        ReadOnlyMemory<byte> canonicalMessage,
        string participantCode,
        CancellationToken cancellationToken = default
    )
    {
        var started = Stopwatch.GetTimestamp();
        var key = await _keys.Find(participantCode, cancellationToken).ConfigureAwait(false);
        if (!key.Certificate.Fits(key.Profile.Algorithm))
            throw new UnknownSigningKeyException(
                $"The certificate {key.Certificate.Serial} of {participantCode} is not one for {key.Profile.Algorithm}; correct Hsm:Algorithm or Hsm:Algorithms."
            );
        var signed = await EnvelopedSignature
            .Sign(canonicalMessage, key.Certificate, key.Profile, data =>
                Enqueue(key, data, cancellationToken)
            )
            .ConfigureAwait(false);
        if (IsChecked() && EnvelopedSignature.Verify(signed) is { Result: not SignatureResult.Valid } wrong)
            throw new InvalidOperationException(
                $"A message signed for {participantCode} does not verify and is not sent: {wrong.Reason} It was not in canonical form."
            );
        _metrics.Signed(Stopwatch.GetElapsedTime(started));
        return signed;
    }

    /// <summary>The first of so many.</summary>
    bool IsChecked() =>
        _options.CheckWholeEvery > 0
        && (Interlocked.Increment(ref _signed) - 1) % _options.CheckWholeEvery == 0;

    async ValueTask<byte[]> Enqueue(
        TokenKey key,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellationToken
    )
    {
        var request = new SigningRequest(key, data);
        try
        {
            if (!_queue.TryAdd(request))
                throw new SigningUnavailableException(
                    $"{_options.QueueLimit} signatures are waiting already (Hsm:QueueLimit)."
                );
            var signature = await request
                .Done.WaitAsync(_options.Timeout, _time, cancellationToken)
                .ConfigureAwait(false);
            return !_options.SelfCheck || key.Certificate.Verify(key.Profile.Algorithm, data.Span, signature)
                ? signature
                : throw new InvalidOperationException(
                    $"The token gave a signature that does not verify with the certificate {key.Certificate.Serial}; nothing is sent with it. Check that key and certificate on the token belong together."
                );
        }
        catch (TimeoutException e)
        {
            _metrics.Refused();
            throw new SigningUnavailableException(
                $"No signature within {_options.Timeout.TotalSeconds:0.#} s: {Fault ?? "all sessions are busy"}.",
                e
            );
        }
        catch (SigningUnavailableException)
        {
            // Looked up anew, so that a key which was taken away is told from a token that is away.
            _keys.Doubt(key.Participant);
            _metrics.Refused();
            throw;
        }
        finally
        {
            _queue.GiveUp(request);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = RetryPause;
            try
            {
                await Check(stoppingToken);
                await Renew(stoppingToken);
                _silentPool.End();
                pause = _poolOptions.LeaseLength / 3;
                if (_permits == 0)
                    pause = pause < RetryPause * 3 ? pause : RetryPause * 3;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (SigningUnavailableException e)
            {
                await Away(e);
            }
            catch (Exception e)
            {
                // The pool does not answer: what is leased is good until its end.
                if (_silentPool.IsDue())
                    LogNoLease(e.Message);
                if (_permits == 0)
                    _fault = $"the signing pool does not answer: {e.Message}";
            }
            try
            {
                await Task.Delay(pause, _time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await Stop();
    }

    /// <summary>Neither a pool nor a token that hangs takes the silo's own time to leave.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(StopTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        await base.StopAsync(either.Token);
    }

    public override void Dispose()
    {
        base.Dispose();
        _end.Dispose();
        _sessions.Resize(0);
        _keys.Dispose();
        _metrics.Dispose();
    }

    /// <summary>The token's check, on a thread of its own and one at a time: it may hang with the device.</summary>
    async Task Check(CancellationToken cancellationToken)
    {
        if (_check.IsCompleted)
            _check = Task.Factory.StartNew(
                _token.Check,
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        try
        {
            await _check.WaitAsync(_options.Timeout, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new SigningUnavailableException(
                $"the token has not answered its check for {_options.Timeout.TotalSeconds:0.#} s",
                e
            );
        }
        catch (Exception e) when (e is not (OperationCanceledException or SigningUnavailableException))
        {
            throw new SigningUnavailableException(e.Message, e);
        }
        _wasFit = true;
        IsUnfit = false;
        _absence.Ended();
    }

    async Task Renew(CancellationToken cancellationToken)
    {
        // Counted from before the call, by our own clock: the pool counts from later, so ours ends first.
        var asked = _time.GetTimestamp();
        var wanted = _options.Sessions + Math.Min(Hung, _options.HungSessions);
        var answer = _last is { } last ? _pool.Renew(last, wanted) : _pool.Lease(_holder, wanted);
        var lease = await answer.WaitAsync(_poolOptions.LeaseLength / 3, _time, cancellationToken);
        lock (_leaseLock)
        {
            _leaseFrom = asked;
            var left = _poolOptions.LeaseLength - _time.GetElapsedTime(asked);
            Volatile.Write(ref _permits, left > TimeSpan.Zero ? lease.Permits : 0);
            _sessions.Resize(_permits);
            _end.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            _fault = _permits > 0 ? null : "the token's sessions are all leased to other silos";
        }
        // Only when what goes beyond is closed does the next call say that we go by this lease.
        _last = await _sessions.Settled() && _sessions.Held <= lease.Permits ? lease : null;
    }

    async Task Away(SigningUnavailableException reason)
    {
        // The reason first: whoever finds the token unfit reads why.
        _fault = reason.Message;
        IsUnfit = reason is TokenUnfitException && !_wasFit;
        if (reason is TokenUnfitException)
            _absence.Unfit(reason.Message);
        else
            _absence.Away(reason.Message);
        _sessions.Resize(0);
        // The lease stays ours; when the token is back, the next renewal opens sessions again.
        if (_check.IsCompleted && await _sessions.Settled() && _sessions.Held == 0)
            await Task
                .Factory.StartNew(
                    Reset,
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
                .WaitAsync(_options.Timeout, _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    void Reset()
    {
        try
        {
            _token.Reset();
        }
        catch (Exception e)
        {
            _absence.Away(e.Message);
        }
    }

    void EndOfLease()
    {
        lock (_leaseLock)
        {
            if (_permits == 0 || _time.GetElapsedTime(_leaseFrom) < _poolOptions.LeaseLength)
                return;
            Volatile.Write(ref _permits, 0);
            _sessions.Resize(0);
            _fault = "the lease of sessions ended and could not be renewed";
        }
        LogLeaseEnded();
    }

    async Task Stop()
    {
        _sessions.Resize(0);
        // Sessions that are not closed keep their permits until the lease ends.
        if (!await _sessions.Settled() || _sessions.Held > 0)
            return;
        try
        {
            await _pool.Lease(_holder, 0);
        }
        catch (Exception e)
        {
            LogNotGivenBack(e.Message);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The signing pool cannot be asked now: {Reason} Sessions stay open until their lease ends; it goes on by itself."
    )]
    partial void LogNoLease(string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The lease of signing sessions ended without renewal; they are closed."
    )]
    partial void LogLeaseEnded();

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Signing permits were not given back and end with their lease: {Reason}"
    )]
    partial void LogNotGivenBack(string reason);
}
