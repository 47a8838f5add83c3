namespace ClearanceEngine.Silo.Accounts;

/// <summary>Has the keys that sign tokens here before the door opens, and looks for others' from time to time.</summary>
sealed partial class TokenKeyRefresh(
    TokenKeys keys,
    AccountOptions options,
    TimeProvider time,
    ILogger<TokenKeyRefresh> logger
) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await keys.Refresh(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.KeyRefresh, time);
        while (await Next(timer, stoppingToken))
        {
            try
            {
                await keys.Refresh(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(logger, e);
            }
        }
    }

    static async Task<bool> Next(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The keys that sign tokens could not be read; those known go on, and it is tried again."
    )]
    static partial void LogNotRead(ILogger logger, Exception error);
}
