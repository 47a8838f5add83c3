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
/// its topic fails, its receipts stay in the outboxes of their parcels and take no place of anybody else's.
/// </summary>
sealed partial class ReceiptSender : IDisposable
{
    readonly DispatchOptions _options;
    readonly IParticipantRegistry _participants;
    readonly IKafkaProducer _receipts;
    readonly IKafkaProducer _questions;
    readonly BrokerCheck _broker;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly FrozenDictionary<string, Receiver> _receivers;

    /// <param name="options">Bounds.</param>
    /// <param name="participants">Who may receive.</param>
    /// <param name="breakers">Theirs.</param>
    /// <param name="receipts">Produces receipts, in batches that gather longer.</param>
    /// <param name="questions">Produces questions to customs.</param>
    /// <param name="broker">Tells a topic that fails from a broker that is away.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when a receiver breaks and when it is mended.</param>
    public ReceiptSender(
        DispatchOptions options,
        IParticipantRegistry participants,
        ReceiverBreakers breakers,
        IKafkaProducer receipts,
        IKafkaProducer questions,
        BrokerCheck broker,
        TimeProvider time,
        ILogger<ReceiptSender> logger
    )
    {
        _options = options;
        _participants = participants;
        _receipts = receipts;
        _questions = questions;
        _broker = broker;
        _time = time;
        _logger = logger;
        _receivers = breakers.Codes.ToFrozenDictionary(
            code => code,
            code => new Receiver(code, NewLane(), breakers.Of(code)),
            StringComparer.Ordinal
        );
    }

    /// <summary>False when the receiver's lane is full or its breaker open: the effect stays with its parcel and is offered again.</summary>
    public bool TryTake(OutboxEntry entry)
    {
        var receiver = ReceiverOf(entry.Effect);
        return receiver.Breaker.MayPass() && receiver.Lane.TryAdd(entry);
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

    /// <summary>Receipts gather in the producer, not here. One try: when to try again is the breaker's to say.</summary>
    DispatchLane NewLane() =>
        new(
            _options,
            linger: TimeSpan.Zero,
            _options.ReceiverQueueLimit,
            _options.HandOnsAtOnce,
            attempts: 1,
            _time,
            _logger
        );

    /// <summary>A receipt for nobody we know has no topic that could fail; any lane will do.</summary>
    Receiver ReceiverOf(Effect effect) =>
        effect is ForwardReceipt receipt && _receivers.TryGetValue(receipt.Receiver, out var receiver)
            ? receiver
            : _receivers[ReceiverBreakers.Customs];

    async Task Work(Receiver receiver, CancellationToken stopping)
    {
        await foreach (var batch in receiver.Lane.Batches(stopping))
        {
            foreach (var entry in batch)
                await receiver.Lane.Start(receiver.Code, token => HandOn(receiver, entry, token), stopping);
        }
    }

    /// <summary>What does not get through stays where it is stored.</summary>
    async Task HandOn(Receiver receiver, OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Ticket.IsAbandoned)
            return;
        // Nobody to tell, so it says nothing of any topic: kept with the parcel, where whoever asks sees it.
        if (entry.Effect is ForwardReceipt { Receiver: var to } && _participants.Find(to) is null)
            LogNoReceiver(to);
        else if (!await TrySend(receiver, entry, cancellationToken))
        {
            entry.Ticket.GiveUp();
            return;
        }
        entry.Ticket.Complete(new Completion(entry.Effect.Id, _time.GetUtcNow()));
    }

    /// <returns>Whether the topic has it. Where it failed it may have it all the same; it is sent again under the same guid.</returns>
    async Task<bool> TrySend(Receiver receiver, OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (!receiver.Breaker.TryPass(out var pass))
            return false;
        bool isTaken;
        try
        {
            isTaken = await TryProduce(entry, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            receiver.Breaker.GaveUp(pass);
            return false;
        }
        catch (Exception e)
        {
            await Failed(receiver, pass, e, cancellationToken);
            return false;
        }
        if (receiver.Breaker.Succeeded(pass))
            LogMended(receiver.Code);
        return isTaken;
    }

    /// <summary>A broker that is away as a whole is no topic's fault: its receivers are not left alone when it is back.</summary>
    async Task Failed(Receiver receiver, int pass, Exception error, CancellationToken cancellationToken)
    {
        if (await _broker.IsAway(cancellationToken))
        {
            receiver.Breaker.GaveUp(pass);
            return;
        }
        var reason =
            error is TimeoutException ? $"it took nothing for {_options.HandOnTime}." : error.Message;
        if (receiver.Breaker.Failed(pass, reason))
            LogBroken(receiver.Code, reason);
    }

    /// <summary>False when the topic will not take this one, as it is set up now: a verdict on the record, not on the topic.</summary>
    async Task<bool> TryProduce(OutboxEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await Produce(entry.Effect, cancellationToken)
                .WaitAsync(_options.HandOnTime, _time, cancellationToken);
            return true;
        }
        catch (KafkaRefusedException e)
        {
            LogTooLarge(entry.Effect.Id, entry.Key, e.Message);
            return false;
        }
    }

    Task Produce(Effect effect, CancellationToken cancellationToken) =>
        effect switch
        {
            ForwardReceipt receipt => Produce(receipt, cancellationToken),
            AskCustoms query => Produce(query, cancellationToken),
            _ => Task.CompletedTask,
        };

    Task Produce(AskCustoms query, CancellationToken cancellationToken) =>
        _questions.Produce(
            TopicNames.Queries,
            Encoding.UTF8.GetBytes(query.Key),
            Question(query),
            null,
            cancellationToken
        );

    async Task Produce(ForwardReceipt effect, CancellationToken cancellationToken)
    {
        var receipt = effect.Receipt;
        var guid = receipt.Guid;
        await _receipts.Produce(
            _participants.Find(effect.Receiver)!.Topic,
            Encoding.UTF8.GetBytes(guid),
            CebWriter.Write(new CebMessage(receipt.Type, guid, "1.0", [receipt])),
            null,
            cancellationToken
        );
        EngineMetrics.HandedOn();
    }

    static byte[] Question(AskCustoms query) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = CebSchema.Of(query.Type.MessageType()).Root,
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
        Level = LogLevel.Error,
        Message = "{Effect} of {Parcel} is too large for its topic and stays with its parcel: {Reason} It goes once the topic's max.message.bytes is raised."
    )]
    partial void LogTooLarge(string effect, string parcel, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A receipt for {Receiver} stays with its parcel: no such participant is registered."
    )]
    partial void LogNoReceiver(string receiver);
}
