using ClearanceEngine.Ceb;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// Receipts of our own for what no parcel keeps. The record waits for them, so a receiver whose topic fails is not waited
/// for: its breaker is the one that all receipts for it share, and whoever asks is told to park the record instead.
/// </summary>
sealed partial class RefusalReceipts(
    IKafkaProducer producer,
    ReceiverBreakers breakers,
    BrokerCheck broker,
    IntakeOptions options,
    TimeProvider time,
    ILogger<RefusalReceipts> logger
)
{
    /// <returns>False when the receiver's topic takes none now.</returns>
    /// <exception cref="KafkaUnavailableException">It is the broker as a whole that is away: the record is tried again.</exception>
    public async Task<bool> TrySend(
        CebDocument receipt,
        Participant receiver,
        CancellationToken cancellationToken
    )
    {
        var breaker = breakers.Of(receiver.Code);
        if (!breaker.TryPass(out var ticket))
            return false;
        try
        {
            await Produce(receipt, receiver, cancellationToken);
        }
        catch (KafkaRefusedException e)
        {
            breaker.GaveUp(ticket);
            LogNotSent(receiver.Code, e.Message);
            return false;
        }
        catch (Exception e)
            when (e is KafkaUnavailableException or TimeoutException
                && !cancellationToken.IsCancellationRequested
            )
        {
            if (await broker.IsAway(cancellationToken))
            {
                breaker.GaveUp(ticket);
                throw new KafkaUnavailableException(e.Message, e);
            }
            breaker.Failed(ticket, e.Message);
            LogNotSent(receiver.Code, e.Message);
            return false;
        }
        catch
        {
            // Whoever passed must say how it ended: a probe that nobody ends would keep the breaker open for ever.
            breaker.GaveUp(ticket);
            throw;
        }
        breaker.Succeeded(ticket);
        return true;
    }

    Task Produce(CebDocument receipt, Participant receiver, CancellationToken cancellationToken)
    {
        var guid = receipt[receipt.Schema.Head.Find("guid")!]!;
        var value = CebWriter.Write(new CebMessage(receipt.Type, guid, "1.0", [receipt]));
        return producer
            .Produce(receiver.Topic, null, value, null, cancellationToken)
            .WaitAsync(options.RefusalTime, time, cancellationToken);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A refusal is not told to {Receiver}, whose topic does not take it: {Reason} While that lasts, refused records go to the dead letters with the refusal's text."
    )]
    partial void LogNotSent(string receiver, string reason);
}
