namespace ClearanceEngine.Silo.Storage.Retention;

/// <summary>Moves what rested long enough from the store to the archive, a batch at a time: first the file, then the rows go. Silos share the work.</summary>
sealed partial class RetentionService(
    RetentionOptions options,
    IStateDatabase database,
    Archive archive,
    IndexCache cache,
    TimeProvider time,
    ILogger<RetentionService> logger
) : BackgroundService
{
    /// <summary>Behind the last finished message that was looked at, and the time to begin from the oldest again.</summary>
    MessagePlace? _behind;
    DateTimeOffset _nextRound;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.After == TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(options.Every, time);
        do
        {
            try
            {
                var (rows, messages) = await Run(stoppingToken);
                if (rows + messages > 0)
                    LogRetired(rows, messages, options.After.TotalDays, options.Directory);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e, options.Directory, options.Every);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Moves all that may leave now.</summary>
    /// <returns>Rows that left, and finished messages that were forgotten.</returns>
    public async Task<(int Rows, int Messages)> Run(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - options.After;
        var rows = await Retire(oldest, cancellationToken);
        var messages = await Forget(oldest, cancellationToken);
        return (rows, messages);
    }

    async Task<int> Retire(DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        for (var sum = 0; ; )
        {
            var left = await database.Retire(Days.Of(oldest), options.BatchSize, Keep, cancellationToken);
            sum += left;
            if (left < options.BatchSize)
                return sum;
            await Task.Delay(options.Pause, time, cancellationToken);
        }

        async Task Keep(IReadOnlyList<RetiredRow> leaving)
        {
            await archive.Write(leaving, time.GetUtcNow(), cancellationToken);
            foreach (var row in leaving)
                cache.Changed(row.IndexKeys);
            StorageMetrics.Retired(leaving.Count);
        }
    }

    /// <summary>
    /// A message stays as long as one of its parcels, which may be long: each look goes on behind the last one, and only
    /// a new round, seldom, begins with those that stayed.
    /// </summary>
    async Task<int> Forget(DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now >= _nextRound)
        {
            _behind = null;
            _nextRound = now + options.LookAgain;
        }

        for (var sum = 0; ; )
        {
            var look = await database.ForgetMessages(_behind, oldest, options.BatchSize, cancellationToken);
            _behind = look.Last ?? _behind;
            sum += look.Forgotten;
            if (look.Looked < options.BatchSize)
                return sum;
            await Task.Delay(options.Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Rows} rows that rested for {Days} days left for {Directory}; {Messages} finished messages were forgotten."
    )]
    partial void LogRetired(int rows, int messages, double days, string directory);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Old rows could not leave for {Directory} and stay in the store; it is tried again in {Every}. Check that the directory can be written and the database answers."
    )]
    partial void LogFailed(Exception e, string directory, TimeSpan every);
}
