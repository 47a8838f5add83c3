using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ClearanceEngine.Streams.Kafka;

/// <summary>
/// Why deliveries failed. Orleans tells its failure handlers only that one did; the exception it gives to its log alone. So
/// this listens there, to the warnings of a provider's pulling agents. Where the log is not Microsoft's, dead letters lack
/// their exception and their number of tries, nothing else.
/// </summary>
[ProviderAlias("KafkaDeliveryFailures")]
sealed class DeliveryFailures(TimeProvider time) : ILoggerProvider
{
    const int Most = 1_024;

    /// <summary>Failures of one delivery follow each other faster; a later one belongs to another record.</summary>
    static readonly TimeSpan InARow = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, byte> _providers = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<GuidId, (Exception Exception, int Attempts, long At)> _failures = [];

    /// <summary>The category of a provider's pulling agents.</summary>
    public static string Category(string provider) => $"Orleans.Streams.{provider}";

    public void Watch(string provider) => _providers[Category(provider)] = 0;

    /// <summary>The last exception of a subscription and how many there were in a row.</summary>
    public (Exception? Exception, int Attempts) Take(GuidId subscription) =>
        _failures.TryRemove(subscription, out var found) ? (found.Exception, found.Attempts) : (null, 1);

    /// <summary>Others than this subscription have failed within that time.</summary>
    public bool OthersFailed(GuidId subscription, TimeSpan within) =>
        _failures.Any(f => !f.Key.Equals(subscription) && time.GetElapsedTime(f.Value.At) < within);

    public ILogger CreateLogger(string categoryName) => new Listener(this, categoryName);

    public void Dispose() { }

    void Heard(Exception exception, GuidId subscription)
    {
        if (_failures.Count >= Most)
            _failures.Clear();
        _failures.AddOrUpdate(subscription, (exception, 1, time.GetTimestamp()), (_, before) =>
            (
                exception,
                time.GetElapsedTime(before.At) < InARow ? before.Attempts + 1 : 1,
                time.GetTimestamp()
            )
        );
    }

    sealed class Listener(DeliveryFailures failures, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel == LogLevel.Warning && failures._providers.ContainsKey(category);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (
                exception is null
                || !IsEnabled(logLevel)
                || state is not IReadOnlyList<KeyValuePair<string, object?>> values
            )
                return;
            foreach (var (_, value) in values)
            {
                if (value is GuidId subscription)
                    failures.Heard(exception, subscription);
            }
        }
    }
}
