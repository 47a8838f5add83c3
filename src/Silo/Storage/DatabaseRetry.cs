using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Repeats what met a lost connection, with growing pauses. A lost connection may hide a commit that went through, so
/// only work that recognises its own earlier success may be given here: writes by their nonce, claims by their guid.
/// </summary>
public sealed partial class DatabaseRetry(
    IStateDatabase database,
    StorageOptions options,
    TimeProvider time,
    ILogger<DatabaseRetry> logger
)
{
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <exception cref="StorageUnavailableException">No try was answered.</exception>
    public async Task<T> Run<T>(Func<Task<T>> work)
    {
        var pause = options.FirstBackoff;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception e) when (database.IsTransient(e))
            {
                database.Failed(e);
                if (attempt >= options.Retries)
                    throw new StorageUnavailableException(
                        $"{database.Place} did not answer in {attempt} tries: {e.Message} Check that it runs and can be reached; Storage:Retries and Storage:FirstBackoff say how long it is waited for.",
                        e
                    );
                StorageMetrics.Retried();
                LogRetry(logger, e, database.Place, attempt);
                await Task.Delay(pause, time).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Place} did not answer (try {Attempt}); the same is tried again."
    )]
    static partial void LogRetry(ILogger logger, Exception e, string place, int attempt);
}
