using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Intake;

/// <summary>
/// When a record arrived: the broker's time, or, where it was put back from the dead letters, that of its first arrival. It decides
/// whether a certificate had ended and which year's quota is asked; no sender's clock does (ADR 015).
/// </summary>
sealed class ArrivalTimes(ClusterMac macs, TopicOptions topics, TimeProvider time)
{
    const string Format = "O";

    /// <summary>How far the broker's clock may be ahead of ours at the turn of a year.</summary>
    static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>When it arrived.</summary>
    /// <exception cref="PoisonRecordException">Its time lies in another year than this and the last (Beijing).</exception>
    public DateTimeOffset Of(FeedRecord record)
    {
        if (!IsPlausible(record.Timestamp))
            throw new PoisonRecordException(
                ProblemCode.TimeImplausible,
                $"报文时间 {record.Timestamp:O} 不在今年或去年。The record's time {record.Timestamp:O} is neither of this year nor of the last (Beijing): the broker's clock is wrong, or {record.Topic} carries its senders' times (message.timestamp.type). Set that right, then retry this dead letter."
            );
        return FirstArrival(record) ?? record.Timestamp;
    }

    /// <summary>The headers by which a dead letter keeps its first arrival over a retry; they count for this record only.</summary>
    public IReadOnlyDictionary<string, string> Headers(FeedRecord record)
    {
        var arrived = (FirstArrival(record) ?? record.Timestamp).UtcDateTime.ToString(
            Format,
            CultureInfo.InvariantCulture
        );
        return new Dictionary<string, string>
        {
            [TopicNames.ArrivedHeader] = arrived,
            [TopicNames.ArrivedMacHeader] = macs.Make(
                MacPurpose.Arrived,
                record.Topic,
                record.Value.Span,
                arrived
            ),
        };
    }

    /// <summary>
    /// What an engine of this cluster wrote when it parked the record; null where none did. Anybody may write the header: a sender
    /// whose certificate has ended would name a day before that. So it counts with a MAC over topic, value and time only, and within
    /// bounds that are true of every letter.
    /// </summary>
    DateTimeOffset? FirstArrival(FeedRecord record)
    {
        if (record.Header(TopicNames.ArrivedHeader) is not { } text)
            return null;
        var mac = record.Header(TopicNames.ArrivedMacHeader);
        if (!macs.Counts(mac, MacPurpose.Arrived, record.Topic, record.Value.Span, text))
            return null;
        if (!TryRead(text, out var arrived))
            return null;

        var isWithinBounds =
            arrived <= record.Timestamp && arrived >= record.Timestamp - topics.KeepDeadLetters;
        return isWithinBounds && IsPlausible(arrived) ? arrived : null;
    }

    bool IsPlausible(DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        var year = CebTime.BeijingYear(at);
        return year >= CebTime.BeijingYear(now) - 1 && year <= CebTime.BeijingYear(now + ClockSkew);
    }

    static bool TryRead(string text, out DateTimeOffset arrived) =>
        DateTimeOffset.TryParseExact(
            text,
            Format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out arrived
        );
}

/// <summary>Gives intake records with the time of their arrival.</summary>
sealed class ArrivedRecords(IFeedHandler intake, ArrivalTimes times) : IFeedHandler
{
    public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken) =>
        intake.Handle(record with { Timestamp = times.Of(record) }, cancellationToken);
}

/// <summary>Dead letters that keep the time of their first arrival, so that a retry years or certificates later is judged by it.</summary>
sealed class ArrivedLetters(IDeadLetters letters, ArrivalTimes times) : IDeadLetters
{
    public Task Park(
        string deadLetterTopic,
        FeedRecord record,
        DeadLetter letter,
        CancellationToken cancellationToken
    )
    {
        var headers = new Dictionary<string, string>(letter.Headers);
        foreach (var (name, text) in times.Headers(record))
            headers[name] = text;
        return letters.Park(deadLetterTopic, record, letter with { Headers = headers }, cancellationToken);
    }
}
