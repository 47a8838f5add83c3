using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>A document with its parcel.</summary>
readonly record struct Handed(string ParcelKey, OwedDocument Owed)
{
    public OutboundMember Member => new(ParcelKey, Owed.Id);
}

/// <summary>A message to be: documents of one type, sender and signing key.</summary>
/// <param name="Bytes">What the documents take as they are sent.</param>
sealed record Gathered(DocumentKind Kind, string Sender, ImmutableArray<Handed> Documents, long Bytes);

/// <summary>Which documents may share a message, and the message they make. Pure.</summary>
static class Gathering
{
    /// <summary>
    /// Groups documents into messages of at most so many documents and bytes. A document that has more bytes by itself
    /// stands alone: whoever sends it must refuse it.
    /// </summary>
    public static IEnumerable<Gathered> Group(IEnumerable<Handed> documents, int count, long bytes) =>
        documents.GroupBy(Lane, StringComparer.Ordinal).SelectMany(lane => Fill(lane, count, bytes));

    /// <summary>The message.</summary>
    /// <param name="gathered">Its documents.</param>
    /// <param name="sender">The participant in whose name it goes.</param>
    /// <param name="guid">Its name, see <see cref="MessageGuids"/>.</param>
    public static CebMessage Message(Gathered gathered, Participant sender, string guid)
    {
        var documents =
            gathered.Kind == DocumentKind.Entry
                ?
                [
                    gathered
                        .Documents[0]
                        .Owed.Document.WithLinesOf(gathered.Documents.Select(d => d.Owed.Document)),
                ]
                : gathered.Documents.Select(d => d.Owed.Document).ToImmutableArray();
        return new CebMessage(
            gathered.Kind.MessageType(),
            guid,
            "1.0",
            documents,
            new CebTransfer(sender.Code, sender.Name, "DXP", sender.DxpId ?? "")
        );
    }

    static IEnumerable<Gathered> Fill(IEnumerable<Handed> lane, int count, long bytes)
    {
        var message = ImmutableArray.CreateBuilder<Handed>();
        long filled = 0;
        foreach (var document in lane)
        {
            // Lines of an entry note are counted with its head each, which is more than they take together.
            var size = CebWriter.Measure(document.Owed.Document);
            if (message.Count > 0 && (message.Count == count || filled + size > bytes))
            {
                yield return Make(message, filled);
                filled = 0;
            }
            message.Add(document);
            filled += size;
        }
        yield return Make(message, filled);
    }

    static Gathered Make(ImmutableArray<Handed>.Builder message, long bytes)
    {
        var first = message[0].Owed;
        var gathered = new Gathered(first.Kind, first.Sender, message.ToImmutable(), bytes);
        message.Clear();
        return gathered;
    }

    static string Lane(Handed handed)
    {
        var owed = handed.Owed;
        // A resend goes alone: what made a gathered message be refused must not hit its neighbours again.
        if (owed.Id.Contains("/r", StringComparison.Ordinal))
            return $"alone/{handed.ParcelKey}/{owed.Id}";
        if (owed.Kind != DocumentKind.Entry)
            return $"{owed.Kind}/{owed.Sender}";
        // Lines of one entry note share its head; a CEB711 has just one.
        return $"{owed.Kind}/{owed.Sender}/{string.Join('\u001f', owed.Document.Schema.Head.Fields.Select(f => owed.Document[f]))}";
    }
}
