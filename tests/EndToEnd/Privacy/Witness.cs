using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Tests.Privacy;

/// <summary>Sees and hears all that a process tells of itself: logs at every level, metrics and traces.</summary>
sealed class Witness : ILoggerProvider
{
    readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);
    readonly MeterListener _meters = new();
    readonly ActivityListener _activities = new()
    {
        ShouldListenTo = _ => true,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            ActivitySamplingResult.AllDataAndRecorded,
    };

    public Witness()
    {
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        Measure<byte>();
        Measure<short>();
        Measure<int>();
        Measure<long>();
        Measure<float>();
        Measure<double>();
        Measure<decimal>();
        _meters.Start();
        _activities.ActivityStopped = a =>
            See(
                $"trace {a.Source.Name}/{a.OperationName}",
                $"{a.DisplayName} {a.StatusDescription} {a.TraceStateString} {Pairs(a.TagObjects)} {Pairs(a.Baggage)} {string.Join(' ', a.Events.Select(e => $"{e.Name} {Pairs(e.Tags)}"))}"
            );
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>Everything so far: where it was seen, and what.</summary>
    public IEnumerable<string> Seen
    {
        get
        {
            _meters.RecordObservableInstruments();
            return _seen.Keys;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Ear(this, categoryName);

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    void Measure<T>()
        where T : struct =>
        _meters.SetMeasurementEventCallback<T>(
            (instrument, _, tags, _) =>
                See(
                    $"metric {instrument.Meter.Name}/{instrument.Name}",
                    $"{instrument.Description} {Pairs(tags.ToArray())}"
                )
        );

    void See(string where, string what) => _seen.TryAdd($"{where}: {what}", 0);

    static string Pairs<T>(IEnumerable<KeyValuePair<string, T>> pairs) =>
        string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}"));

    sealed class Ear(Witness witness, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            witness.See($"log scope {category}", state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            witness.See(
                $"log {category} {logLevel}",
                $"{formatter(state, exception)} {exception} {(state is IEnumerable<KeyValuePair<string, object?>> pairs ? Pairs(pairs) : "")}"
            );
    }
}
