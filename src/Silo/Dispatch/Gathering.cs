using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>A document with its parcel.</summary>
/// <param name="ParcelKey">Of the parcel.</param>
/// <param name="Effect">The document.</param>
/// <param name="Ticket">Where its parcel hears that it has left; null when nobody here waits for that.</param>
readonly record struct DispatchItem(string ParcelKey, DispatchDocument Effect, EffectTicket? Ticket = null)
{
    public OutboundMember Member => new(ParcelKey, Effect.Id);
}

/// <summary>A message to be: documents of one type, sender, signing key and frame.</summary>
/// <param name="Bytes">What the documents take as they are sent.</param>
sealed record Gathered(DocumentType Type, string Sender, ImmutableArray<DispatchItem> Documents, long Bytes)
{
    /// <summary>Who in this silo waits for its documents.</summary>
    public IReadOnlyDictionary<OutboundMember, EffectTicket> Tickets() =>
        Documents.Where(d => d.Ticket is not null).ToDictionary(d => d.Member, d => d.Ticket!);
}

/// <summary>Which documents may share a message, and the message they make. Pure.</summary>
static class Gathering
{
    /// <summary>
    /// Groups documents into messages of at most so many documents and bytes. A document that has more bytes by itself
    /// stands alone: whoever sends it must refuse it.
    /// </summary>
    public static IEnumerable<Gathered> Group(IEnumerable<DispatchItem> documents, int count, long bytes) =>
        documents.GroupBy(Lane, StringComparer.Ordinal).SelectMany(lane => Fill(lane, count, bytes));

    /// <summary>The message.</summary>
    /// <param name="gathered">Its documents.</param>
    /// <param name="sender">The participant in whose name it goes.</param>
    /// <param name="guid">Its name, see <see cref="MessageGuids"/>.</param>
    public static CebMessage Message(Gathered gathered, Participant sender, string guid)
    {
        var documents =
            gathered.Type == DocumentType.InboundNote
                ?
                [
                    gathered
                        .Documents[0]
                        .Effect.Document.WithLinesOf(gathered.Documents.Select(d => d.Effect.Document)),
                ]
                : gathered.Documents.Select(d => d.Effect.Document).ToImmutableArray();
        var frame = gathered.Documents[0].Effect.Frame;
        return new CebMessage(
            gathered.Type.MessageType(),
            guid,
            "1.0",
            documents,
            new CebTransfer(sender.Code, sender.Name, "DXP", sender.DxpId ?? ""),
            frame?.Subscriptions ?? [],
            frame?.Extension
        );
    }

    static IEnumerable<Gathered> Fill(IEnumerable<DispatchItem> lane, int count, long bytes)
    {
        var message = ImmutableArray.CreateBuilder<DispatchItem>();
        long filled = 0;
        foreach (var document in lane)
        {
            if (message.Count == 0)
                filled = CebWriter.Measure(document.Effect.Frame);
            // Lines of an inbound note are counted with its head each, which is more than they take together.
            var size = CebWriter.Measure(document.Effect.Document);
            if (message.Count > 0 && (message.Count == count || filled + size > bytes))
            {
                yield return Make(message, filled);
                filled = CebWriter.Measure(document.Effect.Frame);
            }
            message.Add(document);
            filled += size;
        }
        yield return Make(message, filled);
    }

    static Gathered Make(ImmutableArray<DispatchItem>.Builder message, long bytes)
    {
        var first = message[0].Effect;
        var gathered = new Gathered(first.Type, first.Sender, message.ToImmutable(), bytes);
        message.Clear();
        return gathered;
    }

    static string Lane(DispatchItem item)
    {
        var effect = item.Effect;
        // A resend goes alone: what made a gathered message be refused must not hit its neighbours again.
        if (effect.IsResend)
            return $"alone/{item.ParcelKey}/{effect.Id}";
        // What a participant put beside its documents is about all documents of a message, so it must be theirs.
        var shared = $"{effect.Type}/{effect.Sender}/{effect.Frame?.Key}";
        if (effect.Type != DocumentType.InboundNote)
            return shared;
        // Lines of one inbound note share its head; a CEB711 has just one.
        return $"{shared}/{string.Join('\u001f', effect.Document.Schema.Head.Fields.Select(f => effect.Document[f]))}";
    }
}
