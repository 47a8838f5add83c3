using System.Collections.Immutable;
using System.Threading.Channels;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Hsm;
using Confluent.Kafka;

namespace ClearanceEngine.Bench.Peers;

/// <summary>Documents out: gathered and signed as the engine does it, remembered before they leave, settled after.</summary>
sealed class PeerSender(
    PeerOptions options,
    PeerTables tables,
    IParticipantRegistry participants,
    ISigningToken token,
    IProducer<Null, byte[]> producer,
    Func<IReadOnlyCollection<Addressed>, Task> settle
)
{
    static readonly DispatchOptions Habits = new();

    readonly Channel<(string Parcel, DispatchDocument Effect)> _due = Channel.CreateUnbounded<(
        string,
        DispatchDocument
    )>(new UnboundedChannelOptions { SingleReader = true });

    public void Add(IEnumerable<(string Parcel, DispatchDocument Effect)> documents)
    {
        foreach (var document in documents)
            _due.Writer.TryWrite(document);
    }

    public async Task Run(CancellationToken stopping)
    {
        using var session = token.OpenSession();
        while (await _due.Reader.WaitToReadAsync(stopping))
        {
            await Task.Delay(Habits.Linger, stopping);
            var documents = new List<DispatchItem>();
            while (_due.Reader.TryRead(out var next))
                documents.Add(new DispatchItem(next.Parcel, next.Effect));
            foreach (
                var some in Gathering
                    .Group(documents, Habits.DocumentsPerMessage, Habits.DocumentBytes)
                    .Chunk(options.MessagesAtOnce)
            )
            {
                PeerMessage[] messages = [.. some.Select(g => Sign(session, g))];
                await tables.Remember(messages);
                await Task.WhenAll(
                    messages.Select(m =>
                        producer.ProduceAsync(
                            TopicNames.Outbound,
                            new Message<Null, byte[]> { Value = m.Body },
                            stopping
                        )
                    )
                );
                var now = DateTimeOffset.UtcNow;
                await settle([
                    .. messages.SelectMany(m =>
                        m.Members.Select(x => new Addressed(
                            x.Parcel,
                            new EffectCompleted(new Completion(x.Effect, now, m.Guid))
                        ))
                    ),
                ]);
            }
        }
    }

    PeerMessage Sign(ISigningSession session, Gathered gathered)
    {
        var sender = participants.Find(gathered.Sender)!;
        // The same documents make the same guid, as ours do.
        var guid = UuidV5.Of([.. gathered.Documents.Select(d => $"{d.ParcelKey}/{d.Effect.Id}")]);
        var message = Gathering.Message(gathered, sender, guid);
        var key = token.Find(sender.Code);
        var body = EnvelopedSignature
            .Sign(CebWriter.Write(message), key.Certificate, key.Profile, data =>
                ValueTask.FromResult(session.Sign(key, data.Span))
            )
            .AsTask()
            .GetAwaiter()
            .GetResult();
        return new PeerMessage(
            message.Guid,
            [.. gathered.Documents.Select(d => (d.ParcelKey, d.Effect.Id))],
            sender.Code,
            body
        );
    }
}
