namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Runs a scan at start and every period, one silo at a time, for as long as the period lasts and the list goes on. Each
/// list has a loop of its own: what one cannot do does not keep the other from its work (rule 2).
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
    RecoveryScan<T>? _scan;

    /// <summary>Items of this silo's rounds that failed and have not succeeded since.</summary>
    public int Failing => Scan.Failing;

    protected RecoveryOptions Options => options;

    protected TimeProvider Time => time;

    RecoveryScan<T> Scan => _scan ??= new RecoveryScan<T>(this, options, time, logger);

    public abstract Task<IReadOnlyList<T>> Page(T? after, int limit, CancellationToken cancellationToken);

    public abstract string KeyOf(T item);

    public abstract Task Drive(T item, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Period, time);
        try
        {
            do await Turn(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    async Task Turn(CancellationToken stopping)
    {
        try
        {
            if (await grains.TakeTurn(name, options.Period).WaitAsync(stopping))
                await KeepTurnWhile(Rounds(stopping), stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e, name);
        }
    }

    async Task Rounds(CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        while (await Scan.Round(stopping) && time.GetElapsedTime(began) < options.Period)
            continue;
    }

    /// <summary>
    /// A round takes as long as its slowest item. Another silo that had the turn meanwhile would drive the same items: the same
    /// bytes would leave twice (rule 3), and whoever is slow would be asked by all.
    /// </summary>
    async Task KeepTurnWhile(Task rounds, CancellationToken stopping)
    {
        while (true)
        {
            await Task.WhenAny(rounds, Task.Delay(options.Period / 2, time, stopping));
            if (rounds.IsCompleted || stopping.IsCancellationRequested)
                break;
            await KeepTurn(stopping);
        }

        // The turn ends by itself: given back by hand it might be another's, who took it when ours was forgotten.
        await rounds;
    }

    async Task KeepTurn(CancellationToken stopping)
    {
        try
        {
            await grains.KeepTurn(name, options.Period).WaitAsync(stopping);
        }
        catch (Exception e)
        {
            // Another silo may take the turn; the round goes on.
            if (!stopping.IsCancellationRequested)
                LogNotKept(e, name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scan for {What} failed; it is tried again.")]
    partial void LogFailed(Exception e, string what);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The turn to scan for {What} could not be kept: another silo may scan for the same meanwhile, and send the same messages a second time."
    )]
    partial void LogNotKept(Exception e, string what);
}
