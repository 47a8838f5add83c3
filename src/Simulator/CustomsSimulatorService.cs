using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Signing;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Simulator;

/// <summary>
/// The simulated customs on Kafka: reads <c>customs.outbound</c> and <c>customs.queries</c>, answers on <c>customs.receipts</c>.
/// With a memory it goes on where a process that was killed had come to.
/// </summary>
public sealed partial class CustomsSimulatorService(
    CustomsOffice office,
    IKafkaProducer producer,
    TimeProvider time,
    ILogger<CustomsSimulatorService> logger,
    SimulatorMemory? memory = null
) : BackgroundService, IFeedHandler
{
    /// <summary>Receipts of so long before the last thing remembered may not have come to the engine's store; they are said again, which it must bear anyhow.</summary>
    static readonly TimeSpan SaidAgain = TimeSpan.FromMinutes(10);

    readonly Lock _lock = new();
    readonly PriorityQueue<CebMessage, DateTimeOffset> _due = new();
    readonly Queue<ReadOnlyMemory<byte>> _left = new();

    public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (record.Topic == TopicNames.Outbound)
                Take(record.Value);
            else
                Answer(record.Value);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Before the feeds bring anything new.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (memory is not null)
        {
            lock (_lock)
                GoOn(memory.Recall());
        }
        return base.StartAsync(cancellationToken);
    }

    void GoOn(Recollection recollection)
    {
        if (recollection.Taken is [.., var last])
        {
            var receipts = recollection.Taken.SelectMany(office.Recall).ToArray();
            Schedule(receipts.Where(r => r.Due >= last.At - SaidAgain));
        }
        foreach (var message in recollection.Left)
            _left.Enqueue(message);
    }

    void Take(ReadOnlyMemory<byte> message)
    {
        var (now, serial) = (time.GetUtcNow(), office.Serial);
        var receipts = office.Receive(message, now);
        memory?.Took(message.Span, receipts is [{ Message.Type: CebType.FormatError }], now, serial);
        Schedule(receipts);
    }

    void Answer(ReadOnlyMemory<byte> text)
    {
        var (now, serial) = (time.GetUtcNow(), office.Serial);
        var receipts = office.Answer(Question(text), now);
        if (receipts.Count > 0)
            memory?.Answered(text.Span, now, serial);
        Schedule(receipts);
    }

    static CustomsQuery Question(ReadOnlyMemory<byte> text)
    {
        try
        {
            return CustomsQuery.Read(text.Span);
        }
        catch (JsonException e)
        {
            throw new PoisonRecordException(ProblemCode.NotAQuery, e.Message);
        }
    }

    void Schedule(IEnumerable<ScheduledReceipt> receipts)
    {
        foreach (var receipt in receipts)
            _due.Enqueue(receipt.Message, receipt.Due);
    }

    /// <summary>What was sent before the kill and not taken. The token may have to be asked first whose key it is.</summary>
    void TakeLeft()
    {
        while (_left.TryPeek(out var message))
        {
            try
            {
                Take(message);
            }
            catch (SigningUnavailableException)
            {
                return;
            }
            _left.Dequeue();
        }
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
                    TakeLeft();
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
