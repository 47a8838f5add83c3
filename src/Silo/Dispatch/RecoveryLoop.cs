namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Scans a list again and again, all silos at once, each its slices of it. Each list has a loop of its own: what one cannot do does
/// not keep the other from its work (rule 2).
/// </summary>
abstract partial class RecoveryLoop<T>(
    string name,
    RecoveryOptions options,
    IDispatchGrains grains,
    TimeProvider time,
    ILogger logger
) : BackgroundService, IRecoverable<T>
    where T : class
{
    /// <summary>A list that is long and rests is not read all the time: at most a fifth of it, by each silo.</summary>
    const int RestsForReading = 4;

    readonly SliceLease _lease = new(name, options, grains, time, logger);
    RecoveryScan<T>? _scan;
    DateTimeOffset? _metUpTo;

    /// <summary>Items of this silo whose last try failed.</summary>
    public int Failing => Scan.Failing;

    /// <summary>How long an item of this silo's may have been on the list and was not driven on, or has failed by now.</summary>
    public TimeSpan Late
    {
        get
        {
            var behind = _metUpTo is { } upTo ? time.GetUtcNow() - upTo : TimeSpan.Zero;
            return behind > Scan.FailingFor ? behind : Scan.FailingFor;
        }
    }

    protected RecoveryOptions Options => options;

    protected TimeProvider Time => time;

    /// <summary>One, whoever asks first: the loop, or who counts what fails.</summary>
    RecoveryScan<T> Scan =>
        LazyInitializer.EnsureInitialized(ref _scan, () => new RecoveryScan<T>(this, options, time, logger));

    public abstract Task<IReadOnlyList<T>> Page(T? after, int limit, CancellationToken cancellationToken);

    public abstract string KeyOf(T item);

    public abstract Task Drive(T item, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _metUpTo = time.GetUtcNow();
        try
        {
            await _lease.Renew(Scan.Busy, stoppingToken);
            await Task.WhenAll(
                _lease.KeepRenewing(() => Scan.Busy, stoppingToken),
                KeepPassing(stoppingToken)
            );
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    async Task KeepPassing(CancellationToken stopping)
    {
        while (true)
        {
            var rest = RestsForReading * await TryPass(stopping);
            await Task.Delay(rest > options.Period ? rest : options.Period, time, stopping);
        }
    }

    /// <returns>How long the list took to read.</returns>
    async Task<TimeSpan> TryPass(CancellationToken stopping)
    {
        var began = time.GetUtcNow();
        try
        {
            var wasHeld = _lease.IsHeld;
            var reading = await Scan.Pass(_lease.Contains, stopping);
            // Without a lease nothing was ours, so nothing was met: what is due goes on being late.
            if (!wasHeld || !_lease.IsHeld)
                return reading;
            Scan.EndPass();
            _metUpTo = began;
            return reading;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e, name);
            return TimeSpan.Zero;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scan for {What} failed; it is tried again.")]
    partial void LogFailed(Exception e, string what);
}
