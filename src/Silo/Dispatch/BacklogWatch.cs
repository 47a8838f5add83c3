using System.Diagnostics.Metrics;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Looks now and then at how much is unfinished and due, for health and metrics.</summary>
sealed partial class BacklogWatch : BackgroundService
{
    readonly RecoveryOptions _options;
    readonly IBacklog _backlog;
    readonly TimeProvider _time;
    readonly ILogger<BacklogWatch> _logger;
    readonly Meter _meter = new(EngineMetrics.Name);
    volatile Backlog? _latest;

    public BacklogWatch(
        RecoveryOptions options,
        IBacklog backlog,
        ReceiverBreakers receivers,
        [FromKeyedServices(DueFor.Outbox)] GrainWaking outboxes,
        [FromKeyedServices(DueFor.Time)] GrainWaking times,
        TimeProvider time,
        ILogger<BacklogWatch> logger
    )
    {
        _options = options;
        _backlog = backlog;
        _time = time;
        _logger = logger;
        Gauge("outbound.unfinished", "{message}", "Messages claimed and not finished.", b => b.Unfinished);
        Gauge("outbound.unfinished.age", "s", "Age of the oldest of them.", b => Seconds(b.OldestUnfinished));
        _meter.CreateObservableGauge(
            "grains.due",
            () => _latest is { } b ? ByList(b.OutboxDue, b.TimeDue) : [],
            "{grain}",
            "Grains that are due, by what for (list): what cannot be done now stays due and rests."
        );
        _meter.CreateObservableGauge(
            "grains.due.age",
            () => ByList(Math.Round(outboxes.Late.TotalSeconds), Math.Round(times.Late.TotalSeconds)),
            "s",
            "How long a grain of this silo's share may have been due without being woken, or has failed, by list."
        );
        _meter.CreateObservableGauge(
            "receivers.broken",
            () =>
                receivers.Open.Select(b => new Measurement<int>(
                    1,
                    KeyValuePair.Create("receiver", (object?)b.Key)
                )),
            "{receiver}",
            "Receivers whose topic takes no receipts now, by participant code."
        );
    }

    /// <summary>The last look; null before the first.</summary>
    public Backlog? Latest => _latest;

    /// <summary>How long something has waited; zero for nothing.</summary>
    public TimeSpan Age(DateTimeOffset? since) => since is { } s ? _time.GetUtcNow() - s : TimeSpan.Zero;

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.WatchPeriod, _time);
        try
        {
            do await Look(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    async Task Look(CancellationToken stopping)
    {
        try
        {
            _latest = await _backlog.Measure(_time.GetUtcNow(), stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogBlind(e);
        }
    }

    void Gauge(string name, string unit, string text, Func<Backlog, double> value) =>
        _meter.CreateObservableGauge(name, () => Values(value), unit, text);

    static Measurement<double>[] ByList(double outbox, double time) =>
        [Of(DueFor.Outbox, outbox), Of(DueFor.Time, time)];

    static Measurement<double> Of(DueFor what, double value) =>
        new(value, KeyValuePair.Create("list", (object?)GrainWaking.NameOf(what)));

    IEnumerable<Measurement<double>> Values(Func<Backlog, double> value) =>
        _latest is { } latest ? [new Measurement<double>(value(latest))] : [];

    double Seconds(DateTimeOffset? since) => Math.Round(Age(since).TotalSeconds);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "How much is unfinished and due could not be counted; it is tried again."
    )]
    partial void LogBlind(Exception e);
}
