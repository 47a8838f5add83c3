namespace ClearanceEngine.Silo.Dispatch;

/// <summary>What a scan walks through: a list in pages, and what is done with each of its items.</summary>
interface IRecoverable<T>
    where T : class
{
    /// <summary>The next page, oldest first; null asks for the first one.</summary>
    Task<IReadOnlyList<T>> Page(T? after, int limit, CancellationToken cancellationToken);

    /// <summary>Names the item, for its rest and for the log.</summary>
    string KeyOf(T item);

    /// <summary>Drives the item on; the token ends when its time is over.</summary>
    Task Drive(T item, CancellationToken cancellationToken);
}

/// <summary>
/// Rounds through a list that only grows shorter by what is done with it. A round goes on where the last one stopped and
/// leaves out what rests, so that no number of items that fail hides those behind them (rule 2).
/// </summary>
sealed partial class RecoveryScan<T>(
    IRecoverable<T> list,
    RecoveryOptions options,
    TimeProvider time,
    ILogger logger
)
    where T : class
{
    readonly RestingItems _resting = new(options, time);
    T? _last;

    /// <summary>Items that failed and have not succeeded since, as far as they are remembered.</summary>
    public int Failing => _resting.Count;

    /// <summary>Drives up to <see cref="RecoveryOptions.Limit"/> items, each within its time.</summary>
    /// <returns>True when the list goes on behind them.</returns>
    public async Task<bool> Round(CancellationToken cancellationToken)
    {
        var items = await Pick(cancellationToken);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.AtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(items, parallel, (item, token) => Drive(item, token));
        return _last is not null;
    }

    async Task<List<T>> Pick(CancellationToken cancellationToken)
    {
        var picked = new List<T>();
        while (true)
        {
            var page = await list.Page(_last, options.Limit, cancellationToken);
            foreach (var item in page)
            {
                _last = item;
                if (!_resting.Rests(list.KeyOf(item)))
                    picked.Add(item);
                if (picked.Count == options.Limit)
                    return picked;
            }
            if (page.Count < options.Limit)
            {
                _last = null; // the end: the next round begins with the oldest
                return picked;
            }
        }
    }

    async ValueTask Drive(T item, CancellationToken cancellationToken)
    {
        var key = list.KeyOf(item);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await list.Drive(item, ending.Token).WaitAsync(options.ItemTimeout, time, cancellationToken);
            _resting.Succeeded(key);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await ending.CancelAsync();
            LogFailed(e, key, _resting.Failed(key));
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Item} could not be driven on; it is tried again in {Rest} at the earliest, the others meanwhile."
    )]
    partial void LogFailed(Exception e, string item, TimeSpan rest);
}
