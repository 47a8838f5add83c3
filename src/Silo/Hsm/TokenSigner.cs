using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ClearanceEngine.Signing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Hsm;

/// <summary>The certificates of keys that this platform holds for participants.</summary>
public interface ISigningCertificates
{
    /// <summary>The certificate of a participant's key, or null.</summary>
    SigningCertificate? For(string participantCode);
}

/// <summary>
/// This silo's signer: as many sessions as it holds permits, one dedicated thread each, fed from a bounded queue.
/// Permits come from the token's pool and are renewed well before their deadline; without a lease no session is open.
/// </summary>
public sealed partial class TokenSigner : BackgroundService, IMessageSigner, ISigningCertificates
{
    static readonly Meter Meter = new("ClearanceEngine.Signing");
    static readonly Counter<long> Signed = Meter.CreateCounter<long>("signing.signatures", "{signature}", "Signatures made.");
    static readonly Counter<long> Failed = Meter.CreateCounter<long>("signing.failures", "{signature}", "Signatures that failed.");
    static readonly Histogram<double> Latency = Meter.CreateHistogram<double>("signing.duration", "ms", "From asking to signed, waiting included.");

    readonly ISigningToken _token;
    readonly HsmOptions _options;
    readonly IGrainFactory _grains;
    readonly TimeProvider _time;
    readonly ILogger<TokenSigner> _logger;
    readonly Channel<Request> _requests;
    readonly List<Worker> _workers = [];
    readonly string _holder = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    public TokenSigner(ISigningToken token, HsmOptions options, IGrainFactory grains, TimeProvider time, ILogger<TokenSigner> logger)
    {
        (_token, _options, _grains, _time, _logger) = (token, options, grains, time, logger);
        _requests = Channel.CreateBounded<Request>(options.QueueLimit);
    }

    /// <summary>Sessions open now.</summary>
    public int Sessions => _workers.Count(w => w.IsOpen);

    /// <summary>Why nothing can be signed now, or null.</summary>
    public string? Fault { get; private set; } = "no permits leased yet";

    public SigningCertificate? For(string participantCode) => _token.Find(participantCode)?.Certificate;

    public async ValueTask<byte[]> Sign(ReadOnlyMemory<byte> canonicalMessage, string participantCode, CancellationToken cancellationToken = default)
    {
        var key = _token.Find(participantCode)
            ?? throw new UnknownSigningKeyException($"No signing key for participant {participantCode}; load one into the token or change its signing mode.");
        var started = Stopwatch.GetTimestamp();
        var signed = await EnvelopedSignature.Sign(canonicalMessage, key.Certificate, SignatureProfile.Of(key.Algorithm), data => Enqueue(participantCode, data, cancellationToken)).ConfigureAwait(false);
        Latency.Record(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return signed;
    }

    async ValueTask<byte[]> Enqueue(string participantCode, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var request = new Request(participantCode, data);
        if (!_requests.Writer.TryWrite(request)) throw new SigningUnavailableException($"{_options.QueueLimit} signatures are waiting already (Hsm:QueueLimit).");
        try
        {
            return await request.Done.Task.WaitAsync(_options.Timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            request.Done.TrySetCanceled(CancellationToken.None); // a worker that comes to it later passes over it
            throw new SigningUnavailableException($"No signature within {_options.Timeout.TotalSeconds:0} s: {Fault ?? "all sessions are busy"}.", e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pool = _grains.GetGrain<ISigningPoolGrain>(PoolKey);
        var deadline = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = TimeSpan.FromSeconds(1);
            try
            {
                _token.Check();
                // Asked before the call: the pool's deadline counts from its own, later, clock reading.
                var asked = _time.GetUtcNow();
                var lease = await pool.Lease(_holder, _options.Sessions);
                deadline = lease.Deadline;
                Resize(lease.Permits);
                Fault = lease.Permits > 0 ? null : "the token's sessions are all leased to other silos";
                pause = (lease.Deadline - asked) / 3;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Fault = e.Message;
                LogNoLease(e.Message);
                if (e is SigningUnavailableException || _time.GetUtcNow() >= deadline) Resize(0);
            }
            try
            {
                await Task.Delay(pause > TimeSpan.FromSeconds(1) ? pause : TimeSpan.FromSeconds(1), _time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        Resize(0);
        try
        {
            await pool.Lease(_holder, 0);
        }
        catch (Exception e)
        {
            LogNoLease(e.Message); // the lease ends by its deadline
        }
    }

    string PoolKey => $"t/{(_options.Provider == HsmProvider.Development ? "development" : _options.TokenLabel)}";

    void Resize(int permits)
    {
        foreach (var worker in _workers.Where(w => w.HasEnded).Concat(_workers.Where(w => !w.HasEnded).Skip(permits)).ToList())
        {
            _workers.Remove(worker);
            worker.Dispose();
        }
        while (_workers.Count < permits) _workers.Add(new Worker(this));
    }

    sealed record Request(string Participant, ReadOnlyMemory<byte> Data)
    {
        public TaskCompletionSource<byte[]> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One thread, one session. A session that failed is closed and a new one opened; it never goes back.</summary>
    sealed class Worker : IDisposable
    {
        readonly TokenSigner _signer;
        readonly CancellationTokenSource _stop = new();
        readonly Thread _thread;

        public Worker(TokenSigner signer)
        {
            _signer = signer;
            _thread = new Thread(Run) { IsBackground = true, Name = "signing session" };
            _thread.Start();
        }

        public bool IsOpen { get; private set; }

        public bool HasEnded { get; private set; }

        public void Dispose()
        {
            _stop.Cancel();
            _thread.Join(TimeSpan.FromSeconds(5));
            _stop.Dispose();
        }

        void Run()
        {
            try
            {
                using var session = _signer._token.OpenSession();
                IsOpen = true;
                while (_signer._requests.Reader.WaitToReadAsync(_stop.Token).AsTask().GetAwaiter().GetResult())
                {
                    while (!_stop.IsCancellationRequested && _signer._requests.Reader.TryRead(out var request))
                    {
                        if (request.Done.Task.IsCompleted) continue;
                        if (!Sign(session, request)) return;
                    }
                    if (_stop.IsCancellationRequested) return;
                }
            }
            catch (OperationCanceledException)
            {
                // Told to stop.
            }
            catch (Exception e)
            {
                _signer.LogSessionFailed(e.Message);
            }
            finally
            {
                IsOpen = false;
                HasEnded = true;
            }
        }

        /// <summary>False when the session must not be used again.</summary>
        bool Sign(ISigningSession session, Request request)
        {
            try
            {
                request.Done.TrySetResult(session.Sign(request.Participant, request.Data.Span));
                Signed.Add(1);
                return true;
            }
            catch (UnknownSigningKeyException e)
            {
                request.Done.TrySetException(e);
                return true;
            }
            catch (Exception e)
            {
                Failed.Add(1);
                request.Done.TrySetException(e is SigningUnavailableException ? e : new SigningUnavailableException(e.Message, e));
                _signer.LogSessionFailed(e.Message);
                return false;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No signing permits now: {Reason} Lists wait; it goes on by itself when the token is back.")]
    partial void LogNoLease(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A signing session failed and is not used again: {Reason}")]
    partial void LogSessionFailed(string reason);
}

/// <summary>Unhealthy while nothing can be signed.</summary>
sealed class SigningHealthCheck(TokenSigner signer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(signer.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy($"{signer.Sessions} sessions"));
}
