using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Hands receipts on to participants, and questions to customs. Each receiver has a lane and a breaker of its own: while
/// its topic fails, its receipts stay owed with their parcels and take no place of anybody else's.
/// </summary>
sealed partial class ReceiptSender : IDisposable
{
    /// <summary>The lane of questions to customs.</summary>
    public const string Customs = "customs";

    readonly DispatchOptions _options;
    readonly IParticipantRegistry _participants;
    readonly IKafkaProducer _receipts;
    readonly IKafkaProducer _questions;
    readonly IDispatchGrains _grains;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly FrozenDictionary<string, Receiver> _receivers;

    /// <param name="options">Bounds.</param>
    /// <param name="participants">Who may receive.</param>
    /// <param name="receipts">Produces receipts, in batches that gather longer.</param>
    /// <param name="questions">Produces questions to customs.</param>
    /// <param name="grains">Parcels, which are told what was handed on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when a receiver breaks and when it is mended.</param>
    public ReceiptSender(
        DispatchOptions options,
        IParticipantRegistry participants,
        IKafkaProducer receipts,
        IKafkaProducer questions,
        IDispatchGrains grains,
        TimeProvider time,
        ILogger<ReceiptSender> logger
    )
    {
        _options = options;
        _participants = participants;
        _receipts = receipts;
        _questions = questions;
        _grains = grains;
        _time = time;
        _logger = logger;
        _receivers = participants
            .All.Select(p => p.Code)
            .Append(Customs)
            .ToFrozenDictionary(code => code, NewReceiver, StringComparer.Ordinal);
    }

    /// <summary>Receivers whose topics fail now, by participant code.</summary>
    public IReadOnlyDictionary<string, Break> Broken =>
        _receivers
            .Values.Where(r => r.Breaker.Open is not null)
            .ToDictionary(r => r.Code, r => r.Breaker.Open!, StringComparer.Ordinal);

    /// <summary>False when the receiver's lane is full or its breaker open: the debt stays with its parcel and is offered again.</summary>
    public bool TryHand(Debt debt)
    {
        var receiver = ReceiverOf(debt.Owed);
        return receiver.Breaker.MayPass() && receiver.Lane.TryAdd(debt);
    }

    public Task Run(CancellationToken stopping) =>
        Task.WhenAll(_receivers.Values.Select(r => Work(r, stopping)));

    /// <summary>Lets what is on its way finish within the time.</summary>
    public Task Drain(TimeSpan patience) =>
        Task.WhenAll(_receivers.Values.Select(r => r.Lane.Drain(patience)));

    public void Dispose()
    {
        foreach (var receiver in _receivers.Values)
            receiver.Lane.Dispose();
    }

    Receiver NewReceiver(string code) =>
        new(
            code,
            // One try: when to try again is the breaker's to say.
            new DispatchLane(
                _options,
                _options.ReceiverQueueLimit,
                _options.HandOnsAtOnce,
                attempts: 1,
                _time,
                _logger
            ),
            new Breaker(_options.ReceiverBackoff, _options.LongestReceiverBackoff, _time)
        );

    /// <summary>A receipt for nobody we know has no topic that could fail; any lane will do.</summary>
    Receiver ReceiverOf(Owed owed) =>
        owed is OwedReceipt receipt && _receivers.TryGetValue(receipt.Receiver, out var receiver)
            ? receiver
            : _receivers[Customs];

    async Task Work(Receiver receiver, CancellationToken stopping)
    {
        await foreach (var batch in receiver.Lane.Batches(stopping))
        {
            foreach (var parcel in batch.GroupBy(b => b.Key, b => b.Owed, StringComparer.Ordinal))
            {
                Owed[] debts = [.. parcel];
                await receiver.Lane.Start(
                    receiver.Code,
                    token => HandOn(receiver, parcel.Key, debts, token),
                    stopping
                );
            }
        }
    }

    /// <summary>What one parcel owes one receiver; what does not get through stays owed.</summary>
    async Task HandOn(Receiver receiver, string parcelKey, Owed[] debts, CancellationToken cancellationToken)
    {
        if (!receiver.Breaker.TryPass(out var ticket))
            return;
        try
        {
            await Task.WhenAll(debts.Select(owed => Produce(parcelKey, owed, cancellationToken)));
        }
        catch (Exception e)
        {
            if (receiver.Breaker.Failed(ticket, e.Message))
                LogBroken(receiver.Code, e.Message);
            return;
        }
        if (receiver.Breaker.Succeeded(ticket))
            LogMended(receiver.Code);

        var now = _time.GetUtcNow();
        await _grains.Parcel(parcelKey).Settle([.. debts.Select(d => new Settlement(d.Id, now))]);
    }

    Task Produce(string parcelKey, Owed owed, CancellationToken cancellationToken) =>
        owed switch
        {
            OwedReceipt receipt => Produce(parcelKey, receipt, cancellationToken),
            OwedQuery query => _questions.Produce(
                TopicNames.Queries,
                Encoding.UTF8.GetBytes(query.Key),
                Question(query),
                null,
                cancellationToken
            ),
            _ => Task.CompletedTask,
        };

    async Task Produce(string parcelKey, OwedReceipt owed, CancellationToken cancellationToken)
    {
        if (_participants.Find(owed.Receiver) is not { } receiver)
        {
            // Nobody to tell: kept with the parcel, where whoever asks sees it.
            LogNoReceiver(owed.Receiver);
            return;
        }
        var receipt = owed.Receipt;
        var guid = receipt[receipt.Schema.Head.Find("guid")!] ?? "";
        var words = ReceiptText.Masked(receipt, GrainKey.ParseParcel(parcelKey)?.OrderNo);
        await _receipts.Produce(
            receiver.Topic,
            Encoding.UTF8.GetBytes(guid),
            CebWriter.Write(new CebMessage(receipt.Type, guid, "1.0", [words])),
            null,
            cancellationToken
        );
        EngineMetrics.HandedOn();
    }

    static byte[] Question(OwedQuery query) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = CebSchema.Of(query.Kind.MessageType()).Root,
                key = query.Key,
                attempt = query.Attempt,
            }
        );

    sealed record Receiver(string Code, DispatchLane Lane, Breaker Breaker);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Receipts for {Receiver} wait with their parcels, for its topic fails: {Reason} They go on by themselves once it takes one."
    )]
    partial void LogBroken(string receiver, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The topic of {Receiver} takes receipts again; those that wait follow."
    )]
    partial void LogMended(string receiver);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A receipt for {Receiver} stays with its parcel: no such participant is registered."
    )]
    partial void LogNoReceiver(string receiver);
}
