using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>One assigned partition: its watermark, and the order of records that share a key.</summary>
sealed class FeedPartition(TopicPartition partition, CancellationToken feedStopping)
{
    readonly Lock _lock = new();
    readonly Watermark _watermark = new();
    readonly Dictionary<string, Task> _tails = new(StringComparer.Ordinal);
    readonly CancellationTokenSource _owned = CancellationTokenSource.CreateLinkedTokenSource(feedStopping);
    long? _committed;
    int _running;
    long _highest = -1;

    public TopicPartition Partition => partition;

    /// <summary>Ends when the partition is no longer ours.</summary>
    public CancellationToken Owned => _owned.Token;

    public bool Paused { get; set; }

    /// <summary>Set when an exhausted record stops the partition.</summary>
    public bool Stopped { get; set; }

    /// <summary>Records delivered above the oldest unfinished one.</summary>
    public int Span
    {
        get
        {
            lock (_lock) return _watermark.Open;
        }
    }

    public int Running => Volatile.Read(ref _running);

    /// <summary>Newest delivered offset less the watermark.</summary>
    public long Lag
    {
        get
        {
            lock (_lock) return _watermark.Oldest is { } oldest ? _highest + 1 - oldest : 0;
        }
    }

    /// <summary>Starts a record; the work runs after all earlier records of its key.</summary>
    public Task Start(FeedRecord record, Func<Task> work)
    {
        var key = record.Key is { } bytes ? Convert.ToBase64String(bytes.Span) : null;
        Task before = Task.CompletedTask;
        TaskCompletionSource? mine = null;
        lock (_lock)
        {
            _watermark.Start(record.Offset);
            _highest = record.Offset;
            if (key is not null)
            {
                before = _tails.GetValueOrDefault(key, Task.CompletedTask);
                mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _tails[key] = mine.Task;
            }
        }
        Interlocked.Increment(ref _running);
        return Run();

        async Task Run()
        {
            try
            {
                await before.ConfigureAwait(false);
                await work().ConfigureAwait(false);
            }
            finally
            {
                if (mine is not null)
                {
                    mine.SetResult();
                    lock (_lock)
                    {
                        if (_tails[key!] == mine.Task) _tails.Remove(key!);
                    }
                }
                Interlocked.Decrement(ref _running);
            }
        }
    }

    /// <summary>The record's consequences are durable. After the partition was taken away it no longer counts.</summary>
    public void Finish(long offset)
    {
        lock (_lock)
        {
            if (!_owned.IsCancellationRequested) _watermark.Finish(offset);
        }
    }

    /// <summary>The offset to commit if it moved since the last time; marks it as taken.</summary>
    public TopicPartitionOffset? TakeCommit()
    {
        lock (_lock)
        {
            if (_watermark.Position is not { } position || position == _committed) return null;
            _committed = position;
            return new TopicPartitionOffset(partition, position);
        }
    }

    /// <summary>A commit failed: offer the position again.</summary>
    public void CommitFailed()
    {
        lock (_lock) _committed = null;
    }

    public void Revoke()
    {
        lock (_lock) _owned.Cancel();
    }
}
