using System.Threading.Channels;

namespace ClearanceEngine.Silo.Storage;

/// <summary>The bounds of a <see cref="Batcher{TItem,TResult}"/>.</summary>
/// <param name="Queue">Items that wait at once; more wait for a place.</param>
/// <param name="Items">Most items of a batch.</param>
/// <param name="Workers">Batches under way side by side.</param>
/// <param name="Weight">Most weight of a batch; a single item may weigh more.</param>
/// <param name="Linger">How long a batch that is not full waits for more.</param>
readonly record struct BatchLimits(
    int Queue,
    int Items,
    int Workers,
    long Weight = long.MaxValue,
    TimeSpan Linger = default
);

/// <summary>The result for one item, or the exception that it alone met.</summary>
readonly record struct Outcome<TResult>(TResult Result, Exception? Error = null);

/// <summary>
/// Gathers what comes at the same time into batches: a worker takes whatever has come while it was busy, so batches
/// grow with the load and nobody waits when there is none.
/// </summary>
sealed class Batcher<TItem, TResult> : IAsyncDisposable
{
    readonly Channel<(TItem Item, TaskCompletionSource<TResult> Done)> _channel;
    readonly BatchLimits _limits;
    readonly Func<TItem, long> _weigh;
    readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<Outcome<TResult>>>> _handle;
    readonly TimeProvider _time;
    readonly Task[] _workers;

    /// <param name="limits">The bounds.</param>
    /// <param name="weigh">Weight of an item.</param>
    /// <param name="handle">Does a batch; one outcome for each item, in order.</param>
    /// <param name="time">For the linger.</param>
    public Batcher(
        BatchLimits limits,
        Func<TItem, long> weigh,
        Func<IReadOnlyList<TItem>, Task<IReadOnlyList<Outcome<TResult>>>> handle,
        TimeProvider time
    )
    {
        _limits = limits;
        _weigh = weigh;
        _handle = handle;
        _time = time;

        _channel = Channel.CreateBounded<(TItem, TaskCompletionSource<TResult>)>(
            new BoundedChannelOptions(limits.Queue) { SingleReader = limits.Workers == 1 }
        );
        _workers = [.. Enumerable.Range(0, limits.Workers).Select(_ => Task.Run(Work))];
    }

    public int Waiting => _channel.Reader.Count;

    public async Task<TResult> Add(TItem item)
    {
        var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _channel.Writer.WriteAsync((item, done)).ConfigureAwait(false);
        return await done.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    async Task Work()
    {
        var batch = new List<(TItem Item, TaskCompletionSource<TResult> Done)>();
        while (await _channel.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            if (_limits.Linger > TimeSpan.Zero && _channel.Reader.Count < _limits.Items)
                await Task.Delay(_limits.Linger, _time).ConfigureAwait(false);
            Fill(batch);
            if (batch.Count > 0)
                await Handle(batch).ConfigureAwait(false);
        }
    }

    void Fill(List<(TItem Item, TaskCompletionSource<TResult> Done)> batch)
    {
        long weight = 0;
        while (
            batch.Count < _limits.Items && weight < _limits.Weight && _channel.Reader.TryRead(out var next)
        )
        {
            batch.Add(next);
            weight += _weigh(next.Item);
        }
    }

    async Task Handle(List<(TItem Item, TaskCompletionSource<TResult> Done)> batch)
    {
        try
        {
            var outcomes = await _handle([.. batch.Select(b => b.Item)]).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++)
            {
                if (outcomes[i].Error is { } error)
                    batch[i].Done.SetException(error);
                else
                    batch[i].Done.SetResult(outcomes[i].Result);
            }
        }
        catch (Exception e)
        {
            foreach (var (_, done) in batch)
                done.TrySetException(e);
        }
    }
}
