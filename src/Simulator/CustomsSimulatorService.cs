using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Signing;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Simulator;

/// <summary>The simulated customs on Kafka: reads <c>customs.outbound</c> and <c>customs.queries</c>, answers on <c>customs.receipts</c>.</summary>
public sealed partial class CustomsSimulatorService(
    CustomsOffice office,
    IKafkaProducer producer,
    TimeProvider time,
    ILogger<CustomsSimulatorService> logger
) : BackgroundService, IFeedHandler
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    readonly Lock _lock = new();
    readonly PriorityQueue<CebMessage, DateTimeOffset> _due = new();

    public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var receipts =
                record.Topic == TopicNames.Outbound
                    ? office.Receive(record.Value, now)
                    : office.Answer(
                        JsonSerializer.Deserialize<CustomsQuery>(record.Value.Span, Json)
                            ?? throw new PoisonRecordException(
                                "not-a-query",
                                "customs.queries takes JSON {type, key, attempt}."
                            ),
                        now
                    );
            foreach (var receipt in receipts)
                _due.Enqueue(receipt.Message, receipt.Due);
        }
        return ValueTask.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), time);
        var ready = new List<CebMessage>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                ready.Clear();
                lock (_lock)
                {
                    var now = time.GetUtcNow();
                    while (_due.TryPeek(out _, out var due) && due <= now)
                        ready.Add(_due.Dequeue());
                }
                await Task.WhenAll(
                    ready.Select(m =>
                        producer.Produce(TopicNames.Receipts, null, CebWriter.Write(m), null, stoppingToken)
                    )
                );
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (KafkaUnavailableException e)
            {
                LogLost(e.Message);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The simulated customs lost receipts: {Reason} The engine will ask for them."
    )]
    partial void LogLost(string reason);
}

/// <summary>Registration of the simulated customs.</summary>
public static class CustomsSimulatorExtensions
{
    /// <param name="services">Kafka must be registered there.</param>
    /// <param name="options">Habits.</param>
    /// <param name="speaks">Whether a certificate speaks for a company; null takes any.</param>
    public static IServiceCollection AddCustomsSimulator(
        this IServiceCollection services,
        CustomsSimulatorOptions options,
        Func<IServiceProvider, Func<string, SigningCertificate, bool>>? speaks = null
    )
    {
        services.AddSingleton(sp => new CustomsOffice(options, speaks?.Invoke(sp)));
        services.AddSingleton<CustomsSimulatorService>();
        services.AddHostedService(sp => sp.GetRequiredService<CustomsSimulatorService>());
        return services.AddKafkaFeed(
            "simulator",
            (_, feed) =>
            {
                feed.Topics.Add(TopicNames.Outbound);
                feed.Topics.Add(TopicNames.Queries);
                feed.Group = "customs-simulator";
                feed.DeadLetterTopic = TopicNames.DeadLetters;
            },
            sp => sp.GetRequiredService<CustomsSimulatorService>()
        );
    }
}
