using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Letters = ClearanceEngine.Streams.Kafka.DeadLetters;

namespace ClearanceEngine.Client.DeadLetters;

/// <summary>Puts letters back on the topics they came from, as they were; the letters themselves stay as a record of what happened.</summary>
/// <param name="producer">Returns when the broker has a record.</param>
/// <param name="topics">The topics there are; a letter whose topic is gone must not stop the others.</param>
/// <param name="origins">Finds values that were left where they came from.</param>
sealed class LetterReturn(
    IKafkaProducer producer,
    IReadOnlyCollection<string> topics,
    Func<DeadLetterEntry, Message<byte[]?, byte[]?>?> origins
)
{
    /// <summary>
    /// Headers of ours that are not put back as they were: the door that waited for the record is long gone, and the others
    /// are written anew. What names the message that a receipt answers stays with it.
    /// </summary>
    static readonly FrozenSet<string> Dropped = FrozenSet.Create(
        StringComparer.Ordinal,
        TopicNames.DoorHeader,
        TopicNames.CorrelationHeader,
        TopicNames.DoorMacHeader,
        TopicNames.KindHeader,
        TopicNames.RetriedHeader,
        TopicNames.ArrivedHeader,
        TopicNames.ArrivedMacHeader
    );

    /// <summary>Returns when the broker has acknowledged every letter that is put back; names those that are not.</summary>
    /// <exception cref="KafkaUnavailableException">The broker did not acknowledge one of them; others of the batch may be there.</exception>
    public async Task<IReadOnlyList<LeftLetter>> PutBack(IReadOnlyList<DeadLetterRecord> letters)
    {
        var left = new List<LeftLetter>();
        // A value that was left at its origin is larger than any here: one at a time.
        foreach (var letter in letters.Where(l => l.About.IsPartial))
        {
            if (await PutBackPartial(letter) is { } problem)
                left.Add(problem);
        }

        var sent = letters.Where(l => !l.About.IsPartial).Select(PutBackWhole).ToList();
        foreach (var problem in await Task.WhenAll(sent))
        {
            if (problem is not null)
                left.Add(problem);
        }
        return left;
    }

    Task<LeftLetter?> PutBackWhole(DeadLetterRecord letter) =>
        PutBack(letter.About, letter.Key, letter.Value, Headers(letter.Headers, letter.Headers));

    async Task<LeftLetter?> PutBackPartial(DeadLetterRecord letter)
    {
        if (!IsThere(letter.About.Topic))
            return NoTopic(letter.About);

        if (origins(letter.About) is { } origin)
        {
            var senders = origin.Headers ?? [];
            return await PutBack(letter.About, origin.Key, origin.Value, Headers(senders, letter.Headers));
        }
        // Without headers as large as these the engine still takes the document.
        if (!letter.About.Omitted)
            return await PutBackWhole(letter);

        return new LeftLetter(
            letter.About.Position,
            "origin-gone",
            $"死信未含原文，原文 {letter.About.Origin} 已不在 Kafka，请发送方重发。Its value was too large for the dead letters, and {letter.About.Origin} is no longer in Kafka; ask its sender to send it again."
        );
    }

    async Task<LeftLetter?> PutBack(DeadLetterEntry letter, byte[]? key, byte[]? value, Headers headers)
    {
        if (!IsThere(letter.Topic))
            return NoTopic(letter);

        try
        {
            await producer.Produce(
                letter.Topic,
                key is null ? null : new ReadOnlyMemory<byte>(key),
                value is null ? null : new ReadOnlyMemory<byte>(value),
                headers
            );
            return null;
        }
        catch (KafkaRefusedException e)
        {
            return new LeftLetter(letter.Position, "refused-by-kafka", e.Message);
        }
    }

    bool IsThere(string topic) => topics.Contains(topic);

    static LeftLetter NoTopic(DeadLetterEntry letter) =>
        new(
            letter.Position,
            "no-topic",
            letter.Topic.Length == 0
                ? "死信没有来源主题（dl-topic），无法放回。It names no topic it came from (dl-topic); it cannot be put back."
                : $"来源主题 {letter.Topic} 不存在，建立后用新的一次重试。The topic it came from, {letter.Topic}, does not exist; make it, then retry in a new run."
        );

    /// <summary>The record's own headers, how often it has been put back, and when it first came, which the broker's new time would hide.</summary>
    /// <param name="senders">The record's headers, from where all of them are.</param>
    /// <param name="letters">The letter's; where they say something of the engine's own, they count.</param>
    static Headers Headers(Headers senders, Headers letters)
    {
        var headers = new Headers();
        foreach (var header in senders.Where(h => !IsDropped(h.Key)))
            headers.Add(header.Key, header.GetValueBytes());

        var known = new Headers();
        foreach (var header in senders.Concat(letters))
            known.Add(header.Key, header.GetValueBytes());

        var count = (DeadLetterEntry.RetriedOf(known) + 1).ToString(CultureInfo.InvariantCulture);
        headers.Add(TopicNames.RetriedHeader, Encoding.UTF8.GetBytes(count));
        // The engine believes the time only with its own proof, which goes along unchanged; without one it is for people.
        if (known.TryGetLastBytes(TopicNames.ArrivedMacHeader, out var proof))
            headers.Add(TopicNames.ArrivedMacHeader, proof);
        if (DeadLetterEntry.ArrivedOf(known) is { Length: > 0 } arrived)
            headers.Add(TopicNames.ArrivedHeader, Encoding.UTF8.GetBytes(arrived));
        return headers;
    }

    static bool IsDropped(string header) =>
        header.StartsWith(Letters.Prefix, StringComparison.Ordinal) || Dropped.Contains(header);
}
