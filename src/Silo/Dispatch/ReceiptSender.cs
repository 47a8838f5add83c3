using System.Collections.Frozen;
using System.Collections.Immutable;
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
/// its topic fails, its receipts stays in the outbox of its parcel and take no place of anybody else's.
/// </summary>
sealed partial class ReceiptSender : IDisposable
{
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
    /// <param name="breakers">Theirs.</param>
    /// <param name="receipts">Produces receipts, in batches that gather longer.</param>
    /// <param name="questions">Produces questions to customs.</param>
    /// <param name="grains">Parcels, which are told what was handed on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when a receiver breaks and when it is mended.</param>
    public ReceiptSender(
        DispatchOptions options,
        IParticipantRegistry participants,
        ReceiverBreakers breakers,
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

    /// <summary>One try: when to try again is the breaker's to say.</summary>
    DispatchLane NewLane() =>
        new(_options, _options.ReceiverQueueLimit, _options.HandOnsAtOnce, attempts: 1, _time, _logger);

    /// <summary>A receipt for nobody we know has no topic that could fail; any lane will do.</summary>
    Receiver ReceiverOf(Effect effect) =>
        effect is ForwardReceipt receipt && _receivers.TryGetValue(receipt.Receiver, out var receiver)
            ? receiver
            : _receivers[ReceiverBreakers.Customs];

    async Task Work(Receiver receiver, CancellationToken stopping)
    {
        await foreach (var batch in receiver.Lane.Batches(stopping))
        {
            foreach (var parcel in batch.GroupBy(b => b.Key, b => b.Effect, StringComparer.Ordinal))
            {
                Effect[] effects = [.. parcel];
                await receiver.Lane.Start(
                    receiver.Code,
                    token => HandOn(receiver, parcel.Key, effects, token),
                    stopping
                );
            }
        }
    }

    /// <summary>What the outbox of one parcel holds for one receiver; what does not get through stays there.</summary>
    async Task HandOn(
        Receiver receiver,
        string parcelKey,
        Effect[] effects,
        CancellationToken cancellationToken
    )
    {
        // Nobody to tell, so it says nothing of any topic: kept with the parcel, where whoever asks sees it.
        var (toNobody, toSend) = Split(effects);
        foreach (var receipt in toNobody)
            LogNoReceiver(receipt.Receiver);
        var sent = toSend.Length == 0 ? [] : await Send(receiver, parcelKey, toSend, cancellationToken);

        var now = _time.GetUtcNow();
        ImmutableArray<Completion> settled =
        [
            .. toNobody.Concat(sent).Select(d => new Completion(d.Id, now)),
        ];
        if (settled.Length > 0)
            await _grains.Parcel(parcelKey).Complete(settled);
    }

    (ForwardReceipt[] ToNobody, Effect[] ToSend) Split(Effect[] effects)
    {
        var toNobody = effects
            .OfType<ForwardReceipt>()
            .Where(r => _participants.Find(r.Receiver) is null)
            .ToArray();
        return (toNobody, [.. effects.Except(toNobody)]);
    }

    /// <returns>What the topic took; none where it failed, and what it took then is sent again under the same guids.</returns>
    async Task<Effect[]> Send(
        Receiver receiver,
        string parcelKey,
        Effect[] effects,
        CancellationToken cancellationToken
    )
    {
        if (!receiver.Breaker.TryPass(out var ticket))
            return [];
        bool[] taken;
        try
        {
            taken = await Task.WhenAll(
                effects.Select(effect => Produce(parcelKey, effect, cancellationToken))
            );
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            receiver.Breaker.GaveUp(ticket);
            return [];
        }
        catch (Exception e)
        {
            if (receiver.Breaker.Failed(ticket, e.Message))
                LogBroken(receiver.Code, e.Message);
            return [];
        }
        if (receiver.Breaker.Succeeded(ticket))
            LogMended(receiver.Code);
        return [.. effects.Where((_, i) => taken[i])];
    }

    /// <summary>False when the topic will not take this one, as it is set up now: a verdict on the record, not on the topic.</summary>
    async Task<bool> Produce(string parcelKey, Effect effect, CancellationToken cancellationToken)
    {
        try
        {
            await (
                effect switch
                {
                    ForwardReceipt receipt => Produce(receipt, cancellationToken),
                    AskCustoms query => Produce(query, cancellationToken),
                    _ => Task.CompletedTask,
                }
            );
            return true;
        }
        catch (KafkaRefusedException e)
        {
            LogTooLarge(effect.Id, parcelKey, e.Message);
            return false;
        }
    }

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
        var guid = receipt[receipt.Schema.Head.Find("guid")!] ?? "";
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
