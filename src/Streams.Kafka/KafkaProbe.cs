using Confluent.Kafka;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>Asks whether a broker answers, with a client of its own that is built when it is first needed. Thread-safe.</summary>
public sealed class KafkaProbe(KafkaConnectionOptions connection) : IDisposable
{
    /// <summary>The client's call blocks; it is not left hanging for longer.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly Lazy<IAdminClient> _client = new(() =>
        new AdminClientBuilder(connection.Apply(new AdminClientConfig(), connection.Admin))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build()
    );

    /// <summary>Returns when a broker answers.</summary>
    /// <exception cref="KafkaUnavailableException">None does.</exception>
    public async Task Ask(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => _client.Value.GetMetadata(Patience), cancellationToken)
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw new KafkaUnavailableException(
                $"Kafka at {connection.BootstrapServers} does not answer: {e.Error.Reason}. Check that the broker runs and that Kafka:BootstrapServers is right.",
                e
            );
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }
}
