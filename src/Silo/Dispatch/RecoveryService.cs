using ClearanceEngine.Parcels;
using ClearanceEngine.Recovery;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Storage;
using ClearanceEngine.Waiting;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>How often, and how much, the scan looks for who owes.</summary>
public sealed class RecoveryOptions
{
    /// <summary>Time between two scans. Default 5 s.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Grains woken by one scan, oldest debt first. Default 1,000.</summary>
    public int Limit { get; set; } = 1_000;

    /// <summary>Grains woken at once. Default 32.</summary>
    public int AtOnce { get; set; } = 32;

    /// <summary>A message claimed this long ago and not finished is produced again. Default 30 s.</summary>
    public TimeSpan UnfinishedAfter { get; set; } = TimeSpan.FromSeconds(30);

    internal string? Fault() =>
        Period <= TimeSpan.Zero || UnfinishedAfter < TimeSpan.Zero || Limit < 1 || AtOnce < 1
            ? "Recovery: Period must be above 0, UnfinishedAfter not below, Limit and AtOnce at least 1."
            : null;
}

/// <summary>Finds whoever owes, at start and now and then, one silo at a time, and drives it again (rule 2).</summary>
sealed partial class RecoveryService(
    RecoveryOptions options,
    IDueGrains due,
    Dispatcher dispatcher,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<RecoveryService> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Period, time);
        do
        {
            try
            {
                if (await grains.Grain<IRecoveryGrain>("recovery").TakeTurn(options.Period))
                    await Scan(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
            }
        } while (
            await timer
                .WaitForNextTickAsync(stoppingToken)
                .AsTask()
                .ContinueWith(
                    t => t.IsCompletedSuccessfully && t.Result,
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                )
        );
    }

    async Task Scan(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await dispatcher.Recover(now - options.UnfinishedAfter, options.Limit, cancellationToken);
        var found = await due.Due(now, options.Limit, cancellationToken);
        await Parallel.ForEachAsync(
            found,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = options.AtOnce,
                CancellationToken = cancellationToken,
            },
            async (grain, _) =>
            {
                try
                {
                    await (
                        grain.GrainKey[..2] switch
                        {
                            "p/" => grains.Grain<IParcelGrain>(grain.GrainKey).Wake(),
                            "w/" => grains.Grain<IWaitingGrain>(grain.GrainKey).Wake(),
                            "r/" => grains.Grain<IWaitingReceiptGrain>(grain.GrainKey).Wake(),
                            "m/" => grains.Grain<ISignedMessageGrain>(grain.GrainKey).Wake(),
                            _ => Task.CompletedTask,
                        }
                    );
                }
                catch (Exception e)
                {
                    LogWakeFailed(e, grain.GrainKey);
                }
            }
        );
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scan for open debts failed; it is tried again.")]
    partial void LogFailed(Exception e);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Grain} could not be woken; the next scan tries again."
    )]
    partial void LogWakeFailed(Exception e, string grain);
}
