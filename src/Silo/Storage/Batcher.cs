using System.Threading.Channels;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// Gathers what comes at the same time into batches: a worker takes whatever has come while it was busy, so batches
/// grow with the load and nobody waits when there is none.
/// </summary>
sealed class Batcher<TItem, TResult> : IAsyncDisposable
{
    readonly Channel<(TItem Item, TaskCompletionSource<TResult> Done)> _channel;
    readonly Task[] _workers;

    /// <param name="limit">Items that wait at once; more wait for a place.</param>
    /// <param name="batchSize">Most items of a batch.</param>
    /// <param name="workers">Batches under way side by side.</param>
    /// <param name="handle">Does a batch; one result for each item, in order, an exception among them for an item that failed alone.</param>
    public Batcher(int limit, int batchSize, int workers, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<Outcome>>> handle)
    {
        _channel = Channel.CreateBounded<(TItem, TaskCompletionSource<TResult>)>(new BoundedChannelOptions(limit) { SingleReader = workers == 1 });
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => Work(batchSize, handle)))];
    }

    /// <summary>The result for one item, or the exception that it alone met.</summary>
    public readonly record struct Outcome(TResult Result, Exception? Error = null);

    public int Waiting => _channel.Reader.Count;

    public async Task<TResult> Add(TItem item)
    {
        var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _channel.Writer.WriteAsync((item, done)).ConfigureAwait(false);
        return await done.Task.ConfigureAwait(false);
    }

    async Task Work(int batchSize, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<Outcome>>> handle)
    {
        var batch = new List<(TItem Item, TaskCompletionSource<TResult> Done)>();
        while (await _channel.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < batchSize && _channel.Reader.TryRead(out var next)) batch.Add(next);
            if (batch.Count == 0) continue;
            try
            {
                var outcomes = await handle([.. batch.Select(b => b.Item)]).ConfigureAwait(false);
                for (var i = 0; i < batch.Count; i++)
                {
                    if (outcomes[i].Error is { } error) batch[i].Done.SetException(error);
                    else batch[i].Done.SetResult(outcomes[i].Result);
                }
            }
            catch (Exception e)
            {
                foreach (var (_, done) in batch) done.TrySetException(e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }
}
