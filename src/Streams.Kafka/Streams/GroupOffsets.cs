using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// The group's committed offsets, and how many partitions there are: one client a provider and silo, which joins no group.
/// Kafka takes such commits from anyone; who may make them is decided by <see cref="PartitionGrain"/>.
/// </summary>
sealed class GroupOffsets(StreamReading reading, TimeProvider time) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly Lazy<(IConsumer<byte[]?, byte[]?> Consumer, IAdminClient Admin)> _clients = new(() =>
    {
        var consumer = reading.Build(new TopicPartition("", Partition.Any));
        return (consumer, new DependentAdminClientBuilder(consumer.Handle).Build());
    });

    readonly SemaphoreSlim _counting = new(1);
    readonly Dictionary<string, (int Count, long At)> _counts = new(StringComparer.Ordinal);
    int _disposed;

    /// <summary>The group's position; null when it has none.</summary>
    /// <exception cref="IOException">The broker did not answer.</exception>
    public Task<long?> Load(TopicPartition partition) =>
        Ask(c =>
            c.Consumer.Committed([partition], Patience)[0].Offset is { IsSpecial: false } offset
                ? offset.Value
                : (long?)null
        );

    /// <exception cref="IOException">The broker did not take it.</exception>
    public Task Save(TopicPartitionOffset position) =>
        Ask(c =>
        {
            c.Consumer.Commit([position]);
            return true;
        });

    /// <summary>Partitions of a topic, as of <see cref="KafkaStreamOptions.MetadataInterval"/> ago at most; 0 when there is no such topic.</summary>
    /// <exception cref="IOException">The broker did not answer.</exception>
    public async Task<int> Count(string topic, CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (
                _counts.TryGetValue(topic, out var known)
                && time.GetElapsedTime(known.At) < reading.Options.MetadataInterval
            )
                return known.Count;
            var metadata = await Ask(c => c.Admin.GetMetadata(topic, Patience)).ConfigureAwait(false);
            var found = metadata.Topics.FirstOrDefault(t => t.Topic == topic);
            var count = found is { Error.IsError: false } ? found.Partitions.Count : 0;
            if (count > 0 || found?.Error.Code == ErrorCode.UnknownTopicOrPart)
                _counts[topic] = (count, time.GetTimestamp());
            if (count == 0)
                reading.Health.TopicFailed(topic, found?.Error.Reason ?? "it is not there");
            else
                reading.Health.Unread(topic, count, reading.Options.Partitions);
            return count;
        }
        finally
        {
            _counting.Release();
        }
    }

    /// <summary>As last counted, without asking.</summary>
    public int? Known(string topic)
    {
        _counting.Wait();
        try
        {
            return _counts.TryGetValue(topic, out var known) && known.Count > 0 ? known.Count : null;
        }
        finally
        {
            _counting.Release();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0 || !_clients.IsValueCreated)
            return;
        _clients.Value.Admin.Dispose();
        _clients.Value.Consumer.Dispose();
    }

    /// <summary>The client's calls block. One that never comes back must not hold up its caller.</summary>
    async Task<T> Ask<T>(Func<(IConsumer<byte[]?, byte[]?> Consumer, IAdminClient Admin), T> ask)
    {
        try
        {
            return await Task.Run(() => ask(_clients.Value))
                .WaitAsync(Patience * 2, time)
                .ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            // Orleans cannot carry the client's exceptions from silo to silo.
            throw new IOException(
                $"Kafka at {reading.Options.Connection.BootstrapServers}: {e.Error.Reason}"
            );
        }
    }
}
