using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>A document of a parcel in its snapshot: all but its content, which stands in the journal.</summary>
static class DocumentForm
{
    public static void Write(FormWriter to, ParcelDocument kept)
    {
        var block = to.Begin();
        to.Shelved(kept.Document);
        WriteTransfer(to, kept.Sender);
        to.Text(kept.SignedMessageGuid);
        to.Time(kept.ReceivedAt);
        to.Number(kept.Revision);
        to.Number(kept.DispatchedRevision);
        to.Time(kept.DispatchedAt);
        to.Time(kept.SentAt);
        to.Text(kept.MessageGuid);
        to.Flag(kept.CustomsCode is not null);
        to.Number(kept.CustomsCode ?? 0);
        to.Text(kept.CustomsTime);
        to.Time(kept.AskAt);
        to.Number(kept.Questions);
        to.Number(kept.Resends);
        to.Text(kept.RepeatedTime);
        to.Text(kept.RepeatedGuid);
        to.Flag(kept.FollowsAnother);
        WriteFrame(to, kept.Frame);
        to.Texts(kept.EarlierGuids);
        to.Text(kept.Owner);
        to.Number(kept.OrderedResends);
        to.Flag(kept.IsHeardOf);
        to.End(block);
    }

    public static ParcelDocument Read(FormReader from)
    {
        var block = from.Begin();
        var kept = new ParcelDocument
        {
            Document = Content(from),
            Sender = ReadTransfer(from),
            SignedMessageGuid = from.Text(),
            ReceivedAt = from.Time(),
            Revision = from.Small(),
            DispatchedRevision = from.Small(),
            DispatchedAt = from.TimeOrNone(),
            SentAt = from.TimeOrNone(),
            MessageGuid = from.Text(),
            CustomsCode = ReadCode(from),
            CustomsTime = from.Text(),
            AskAt = from.TimeOrNone(),
            Questions = from.Small(),
            Resends = from.Small(),
            RepeatedTime = from.Text(),
            RepeatedGuid = from.Text(),
            FollowsAnother = from.Flag(),
            Frame = ReadFrame(from),
            EarlierGuids = [.. from.Texts()],
            Owner = from.Word(),
            OrderedResends = from.Small(),
            IsHeardOf = from.Flag(),
        };
        from.End(block);
        return kept;
    }

    /// <summary>A document or receipt of the journal.</summary>
    public static CebDocument Content(FormReader from) =>
        from.Shelved() as CebDocument
        ?? throw new InvalidDataException("A stored form refers to no document where one must be.");

    /// <summary>A document or receipt that is on its way.</summary>
    public static CebDocument Passing(FormReader from) => (CebDocument)from.Passing(CebDocument.Unpack);

    public static void WriteKey(FormWriter to, DocumentKey key)
    {
        to.Number((int)key.Type);
        to.Text(key.Issuer);
        to.Text(key.Number);
    }

    public static DocumentKey ReadKey(FormReader from)
    {
        // Of what could not be read there is no issuer and no number: the key is the default one, with nothing in it.
        var (type, issuer, number) = ((DocumentType)from.Small(), from.Text(), from.Text());
        return new DocumentKey(type, issuer!, number!);
    }

    public static void WriteTransfer(FormWriter to, CebTransfer sender)
    {
        to.Text(sender.CopCode);
        to.Text(sender.CopName);
        to.Text(sender.DxpMode);
        to.Text(sender.DxpId);
        to.Text(sender.Note);
    }

    public static CebTransfer ReadTransfer(FormReader from) =>
        new(from.Word(), from.Word(), from.Word(), from.Word(), from.Text());

    public static void WriteFrame(FormWriter to, CebFrame? frame)
    {
        to.Flag(frame is not null);
        if (frame is null)
            return;
        ParcelForm.WriteAll(to, frame.Subscriptions, WriteSubscription);
        to.Flag(frame.Extension is not null);
        to.Text(frame.Extension?.Name);
        to.Text(frame.Extension?.Version);
        to.Text(frame.Extension?.Payload);
    }

    public static CebFrame? ReadFrame(FormReader from)
    {
        if (!from.Flag())
            return null;
        var subscriptions = ParcelForm.ReadAll(from, ReadSubscription);
        var (isExtended, name, version, payload) = (from.Flag(), from.Text(), from.Text(), from.Text());
        return new CebFrame(subscriptions, isExtended ? new CebExtension(name!, version!, payload!) : null);
    }

    static void WriteSubscription(FormWriter to, CebSubscription subscription)
    {
        to.Text(subscription.Status);
        to.Text(subscription.DxpMode);
        to.Text(subscription.DxpAddress);
        to.Text(subscription.Note);
    }

    static CebSubscription ReadSubscription(FormReader from) =>
        new(from.Word(), from.Word(), from.Word(), from.Text());

    static int? ReadCode(FormReader from)
    {
        var (isThere, code) = (from.Flag(), from.Small());
        return isThere ? code : null;
    }
}
