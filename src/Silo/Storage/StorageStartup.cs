using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Brings the schema up to date before anything else of the host starts, or earlier where somebody asks; once. Waits for a
/// database that is not there yet.
/// </summary>
sealed partial class StorageStartup(
    IStateDatabase database,
    StorageOptions options,
    TimeProvider time,
    ILogger<StorageStartup> logger
) : IHostedLifecycleService
{
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    bool _isDone;

    /// <exception cref="StorageUnavailableException">The database did not answer within <see cref="StorageOptions.StartTimeout"/>.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_isDone)
            return;
        var started = time.GetTimestamp();
        for (var pause = options.FirstBackoff; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await database.Migrate(Tell, cancellationToken);
                _isDone = true;
                LogReady(database.Place);
                return;
            }
            catch (Exception e) when (database.IsTransient(e))
            {
                var waited = time.GetElapsedTime(started) + pause;
                if (options.StartTimeout > TimeSpan.Zero && waited > options.StartTimeout)
                    throw new StorageUnavailableException(
                        $"{database.Place} did not answer for {options.StartTimeout}: {e.Message} Check that it runs and can be reached, and Storage:ConnectionString.",
                        e
                    );
                LogWaiting(database.Place, e.Message);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    void Tell(SchemaNews news)
    {
        switch (news)
        {
            case SchemaNews.Waits:
                LogAnotherMigrates(database.Place);
                break;
            case SchemaNews.Applies applies:
                LogApplies(database.Place, applies.Script);
                break;
            case SchemaNews.Rebuilds rebuilds:
                LogRebuilds(database.Place, rebuilds.Index);
                break;
            case SchemaNews.Newer newer:
                LogNewer(database.Place, newer.Found, newer.Known);
                break;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "State is stored in {Place}; its schema is up to date."
    )]
    partial void LogReady(string place);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Place} does not answer: {Reason} It is tried again; check that it runs and can be reached, and Storage:ConnectionString."
    )]
    partial void LogWaiting(string place, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Another engine brings the schema of {Place} up to date; this one waits until it is done. Who it is: SELECT pid, query FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')."
    )]
    partial void LogAnotherMigrates(string place);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Place}: schema script {Script} begins.")]
    partial void LogApplies(string place, string script);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Place}: the building of index {Index} was interrupted earlier; it is dropped and built again."
    )]
    partial void LogRebuilds(string place, string index);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Place} has schema {Found}, this engine knows {Known}: of the same major version, so it runs; upgrade it soon."
    )]
    partial void LogNewer(string place, SchemaVersion found, SchemaVersion known);
}
