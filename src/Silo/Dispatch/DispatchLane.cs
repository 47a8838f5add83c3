using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// A bounded queue of effects and the bounded work that comes of them. Lanes do not hold each other up: without the
/// signing token no document leaves, but receipts go on.
/// </summary>
/// <param name="linger">How long effects gather.</param>
/// <param name="queueLimit">Effects that wait at once.</param>
/// <param name="atOnce">Pieces of work that run at once.</param>
/// <param name="attempts">Tries of a piece of work before it is left to the scan.</param>
sealed partial class DispatchLane(
    DispatchOptions options,
    TimeSpan linger,
    int queueLimit,
    int atOnce,
    int attempts,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    readonly Channel<OutboxEntry> _queue = Channel.CreateBounded<OutboxEntry>(queueLimit);
    readonly SemaphoreSlim _places = new(atOnce);
    readonly CancellationTokenSource _ending = new();

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(OutboxEntry entry) => _queue.Writer.TryWrite(entry);

    /// <summary>What has come, in batches that grow with the load; an effect stands once in a batch, for a parcel that was woken hands over again what still waits here.</summary>
    public async IAsyncEnumerable<IReadOnlyList<OutboxEntry>> Batches(
        [EnumeratorCancellation] CancellationToken stopping
    )
    {
        var seen = new Dictionary<(string, string), int>();
        while (await _queue.Reader.WaitToReadAsync(stopping))
        {
            if (linger > TimeSpan.Zero)
                await Task.Delay(linger, time, stopping);

            seen.Clear();
            var batch = new List<OutboxEntry>();
            while (batch.Count < queueLimit && _queue.Reader.TryRead(out var next))
            {
                if (seen.TryAdd((next.Key, next.Effect.Id), batch.Count))
                    batch.Add(next);
                else
                    batch[seen[(next.Key, next.Effect.Id)]].Ticket.Join(next.Ticket);
            }
            yield return batch;
        }
    }

    /// <summary>Runs work beside others, once there is a place, with a few tries; what fails stays in the outbox and is found by the scan.</summary>
    public async Task Start(string what, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        await _places.WaitAsync(stopping);
        _ = Run(what, work);
    }

    /// <summary>Lets what runs finish within the time, then ends it.</summary>
    public async Task Drain(TimeSpan patience)
    {
        using var left = new CancellationTokenSource(patience, time);
        try
        {
            for (var place = 0; place < atOnce; place++)
                await _places.WaitAsync(left.Token);
        }
        catch (OperationCanceledException)
        {
            // What does not finish stays in the outbox.
        }
        await _ending.CancelAsync();
    }

    public void Dispose()
    {
        _ending.Dispose();
        _places.Dispose();
    }

    async Task Run(string what, Func<CancellationToken, Task> work)
    {
        try
        {
            await Try(what, work);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is in the outbox stays with its parcel.
        }
        finally
        {
            _places.Release();
        }
    }

    async Task Try(string what, Func<CancellationToken, Task> work)
    {
        var backoff = options.FirstBackoff;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work(_ending.Token);
                return;
            }
            catch (Exception e) when (!_ending.IsCancellationRequested)
            {
                LogFailed(e.Message, what, attempt);
                if (attempt >= attempts)
                    return;
            }
            await Task.Delay(backoff, time, _ending.Token);
            backoff *= 2;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} could not leave (try {Attempt}): {Reason}")]
    partial void LogFailed(string reason, string what, int attempt);
}
