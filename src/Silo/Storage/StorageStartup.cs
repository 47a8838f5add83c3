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

    public Task StartingAsync(CancellationToken cancellationToken) => Migrate(null, cancellationToken);

    /// <param name="waiting">Is told what the schema is waited for; nothing when it is up to date.</param>
    /// <param name="cancellationToken">Ends it; what was interrupted is done again next time.</param>
    /// <exception cref="StorageUnavailableException">The database did not answer within <see cref="StorageOptions.StartTimeout"/>.</exception>
    public async Task Migrate(Action<string>? waiting, CancellationToken cancellationToken)
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
                        $"{database.Place} did not answer for {options.StartTimeout}: {e.Message.TrimEnd('.')}. Check that it runs and can be reached, and Storage:ConnectionString.",
                        e
                    );
                LogWaiting(database.Place, e.Message.TrimEnd('.'));
                waiting?.Invoke(
                    $"数据库没有应答，稍后自动重试。Waiting for {database.Place}: {e.Message.TrimEnd('.')}. It goes on by itself."
                );
                await Task.Delay(pause, time, cancellationToken);
            }
        }

        void Tell(SchemaNews news)
        {
            Log(news);
            if (Text(news) is { } text)
                waiting?.Invoke(text);
        }
    }

    /// <summary>What whoever asks for readiness is told meanwhile; null for what is not waited for.</summary>
    string? Text(SchemaNews news) =>
        news switch
        {
            SchemaNews.Waits =>
                $"另一节点正在升级数据库结构，请等待。Another engine brings the schema of {database.Place} up to date; this one goes on when it is done.",
            SchemaNews.Applies applies =>
                $"正在升级数据库结构，请等待。The schema of {database.Place} is brought up to date: script {applies.Script}.",
            SchemaNews.Rebuilds rebuilds =>
                $"正在重建索引，请等待。The schema of {database.Place} is brought up to date: index {rebuilds.Index} is built again.",
            _ => null,
        };

    void Log(SchemaNews news)
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
        Message = "{Place} does not answer: {Reason}. It is tried again; check that it runs and can be reached, and Storage:ConnectionString."
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
