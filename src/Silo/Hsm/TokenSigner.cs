using System.Diagnostics;
using ClearanceEngine.Signing;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>
/// This silo's signer: as many sessions as it holds permits, fed from a bounded queue. Permits come from the token's pool
/// and are renewed well before their deadline; without a lease no session is open.
/// </summary>
public sealed partial class TokenSigner : BackgroundService, IMessageSigner, ISigningCertificates
{
    static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    readonly ISigningToken _token;
    readonly HsmOptions _options;
    readonly SigningPoolOptions _poolOptions;
    readonly ISigningPoolGrain _pool;
    readonly TimeProvider _time;
    readonly ILogger<TokenSigner> _logger;
    readonly SigningQueue _queue;
    readonly SigningMetrics _metrics;
    readonly SigningSessions _sessions;
    readonly ITimer _end;
    readonly Lock _leaseLock = new();
    readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>The last lease that reached us and whose surplus sessions are closed.</summary>
    PermitLease? _last;
    long _leaseFrom;
    int _permits;
    long _signed;
    Task _check = Task.CompletedTask;
    volatile string? _fault = "no permits leased yet";

    public TokenSigner(
        ISigningToken token,
        HsmOptions options,
        IOptions<SigningPoolOptions> poolOptions,
        IGrainFactory grains,
        TimeProvider time,
        ILogger<TokenSigner> logger
    )
        : this(
            token,
            options,
            poolOptions.Value,
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
        (_token, _options, _poolOptions, _pool, _time, _logger) = (
            token,
            options,
            poolOptions,
            pool,
            time,
            logger
        );
        _queue = new SigningQueue(options.QueueLimit);
        _metrics = new SigningMetrics(
            () => _queue.Waiting,
            () => Sessions,
            () => Volatile.Read(ref _permits)
        );
        _sessions = new SigningSessions(token, _queue, _metrics, time, logger);
        _end = time.CreateTimer(_ => EndOfLease(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sessions open now.</summary>
    public int Sessions => _sessions.Open;

    /// <summary>Signatures that wait for a session.</summary>
    public int Waiting => _queue.Waiting;

    /// <summary>Why nothing can be signed now, or null.</summary>
    public string? Fault => _fault ?? (Sessions > 0 ? null : _sessions.Fault ?? "sessions are being opened");

    public SigningCertificate? For(string participantCode)
    {
        try
        {
            return _token.Find(participantCode).Certificate;
        }
        catch (UnknownSigningKeyException)
        {
            return null;
        }
    }

    public async ValueTask<byte[]> Sign(
        ReadOnlyMemory<byte> canonicalMessage,
        string participantCode,
        CancellationToken cancellationToken = default
    )
    {
        var started = Stopwatch.GetTimestamp();
        var key = _token.Find(participantCode);
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
                pause = _poolOptions.LeaseLength / 3;
                if (_permits == 0)
                    pause = pause < RetryPause * 3 ? pause : RetryPause * 3;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (TokenAwayException e)
            {
                await Away(e.Message);
            }
            catch (Exception e)
            {
                // The pool does not answer: what is leased is good until its end.
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

    public override void Dispose()
    {
        base.Dispose();
        _end.Dispose();
        _sessions.Resize(0);
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
        catch (TimeoutException)
        {
            throw new TokenAwayException(
                $"the token has not answered its check for {_options.Timeout.TotalSeconds:0.#} s"
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new TokenAwayException(e.Message);
        }
    }

    async Task Renew(CancellationToken cancellationToken)
    {
        // Counted from before the call, by our own clock: the pool counts from later, so ours ends first.
        var asked = _time.GetTimestamp();
        var answer = _last is { } last
            ? _pool.Renew(last, _options.Sessions)
            : _pool.Lease(_holder, _options.Sessions);
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
        _last = await _sessions.Settled(_options.Timeout) ? lease : null;
    }

    async Task Away(string reason)
    {
        LogTokenAway(reason);
        _fault = reason;
        _sessions.Resize(0);
        // The lease stays ours; when the token is back, the next renewal opens sessions again.
        if (_check.IsCompleted && await _sessions.Settled(_options.Timeout))
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
            LogTokenAway(e.Message);
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
        if (!await _sessions.Settled(_options.Timeout))
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

    /// <summary>The token failed its check.</summary>
    sealed class TokenAwayException(string message) : Exception(message);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The signing pool cannot be asked now: {Reason} Sessions stay open until their lease ends; it goes on by itself."
    )]
    partial void LogNoLease(string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The signing token is away: {Reason} Documents wait; it goes on by itself when the token is back."
    )]
    partial void LogTokenAway(string reason);

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
