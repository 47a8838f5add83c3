using ClearanceEngine.Recovery;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>What a scan walks through: a list in pages, and what is done with each of its items.</summary>
interface IRecoverable<T>
    where T : class
{
    /// <summary>The next page, oldest first; null asks for the first one.</summary>
    Task<IReadOnlyList<T>> Page(T? after, int limit, CancellationToken cancellationToken);

    /// <summary>Names the item, for its slice, its rest and the log.</summary>
    string KeyOf(T item);

    /// <summary>Drives the item on; the token ends when its time is over.</summary>
    Task Drive(T item, CancellationToken cancellationToken);
}

/// <summary>
/// Passes over a list that only grows shorter by what is done with it. A pass goes on while there are places, whoever is slow, and
/// leaves out what rests: no number of items that fail or hang hides those behind them, and nobody waits for the slowest
/// of those before it (rule 2).
/// </summary>
#pragma warning disable CA1001 // What is under way gives its place back after the end; without a wait handle there is nothing to dispose of.
sealed partial class RecoveryScan<T>(
#pragma warning restore CA1001
    IRecoverable<T> list,
    RecoveryOptions options,
    TimeProvider time,
    ILogger logger
)
    where T : class
{
    readonly RestingItems _resting = new(options, time);
    readonly SemaphoreSlim _places = new(options.AtOnce);

    /// <summary>Items whose last try failed, as far as they are remembered.</summary>
    public int Failing => _resting.Failing;

    /// <summary>How long the first of them has failed.</summary>
    public TimeSpan FailingFor => _resting.FailingFor;

    /// <summary>Slices of which something is being driven on.</summary>
    public SliceSet Busy => _resting.Busy;

    /// <summary>Meets everything that is on the list and has begun with all that is ours and does not rest.</summary>
    /// <param name="isOurs">Whether something of a slice may be begun now.</param>
    /// <param name="cancellationToken">Ends the pass and what is under way.</param>
    /// <returns>How long the list took to read.</returns>
    public async Task<TimeSpan> Pass(Func<int, bool> isOurs, CancellationToken cancellationToken)
    {
        var reading = TimeSpan.Zero;
        T? last = null;
        while (true)
        {
            var asked = time.GetTimestamp();
            var page = await list.Page(last, options.PageSize, cancellationToken);
            reading += time.GetElapsedTime(asked);
            foreach (var item in page)
                await Begin(item, isOurs, cancellationToken);
            if (page.Count < options.PageSize)
                break;
            last = page[^1];
        }
        return reading;
    }

    /// <summary>The pass met all that is ours: what it did not meet is done, and forgotten.</summary>
    public void EndPass() => _resting.EndPass();

    /// <summary>Begins with an item once there is a place for it.</summary>
    async Task Begin(T item, Func<int, bool> isOurs, CancellationToken cancellationToken)
    {
        var key = list.KeyOf(item);
        var slice = SliceSet.Of(key);
        if (!isOurs(slice) || !_resting.Meet(key))
            return;
        await _places.WaitAsync(cancellationToken);
        _resting.Begin(key);
        // Asked once more: while it waited for its place its slice may have become another silo's.
        if (isOurs(slice))
            _ = Drive(item, key, cancellationToken);
        else
            Leave(key);
    }

    void Leave(string key)
    {
        _resting.Leave(key);
        _places.Release();
    }

    async Task Drive(T item, string key, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await list.Drive(item, ending.Token).WaitAsync(options.ItemTimeout, time, cancellationToken);
            _resting.Tried(key, hasFailed: false);
        }
        catch (Exception e)
        {
            var rest = _resting.Tried(key, hasFailed: true);
            await ending.CancelAsync();
            if (!cancellationToken.IsCancellationRequested)
                LogFailed(e, key, rest);
        }
        finally
        {
            _places.Release();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Item} could not be driven on; it is tried again in {Rest} at the earliest, the others meanwhile."
    )]
    partial void LogFailed(Exception e, string item, TimeSpan rest);
}
