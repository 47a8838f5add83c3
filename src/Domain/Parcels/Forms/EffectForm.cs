using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>An effect in the outbox of a snapshot. The kinds have numbers, which are never used for another kind.</summary>
static class EffectForm
{
    const int Dispatch = 1,
        Forward = 2,
        Ask = 3,
        Quota = 4,
        Seek = 5;

    public static void Write(FormWriter to, Effect effect)
    {
        var block = to.Begin();
        to.Number(KindOf(effect));
        to.Text(effect.Id);
        to.Time(effect.Since);
        switch (effect)
        {
            case DispatchDocument dispatch:
                to.Number((int)dispatch.Type);
                to.Passing(dispatch.Document);
                to.Text(dispatch.Sender);
                to.Text(dispatch.SignedMessageGuid);
                DocumentForm.WriteFrame(to, dispatch.Frame);
                to.Flag(dispatch.IsResend);
                break;
            case ForwardReceipt forward:
                to.Text(forward.Receiver);
                to.Passing(forward.Receipt);
                break;
            case AskCustoms ask:
                to.Number((int)ask.Type);
                to.Text(ask.Key);
                to.Number(ask.Attempt);
                break;
            case ChangeQuota quota:
                to.Number((int)quota.Step);
                to.Number(quota.Attempt);
                to.Number(quota.AmountFen);
                to.Text(quota.Subscriber);
                to.Number(quota.Year);
                to.Number(quota.Replaces);
                to.Number(quota.CustomsCode);
                break;
        }
        to.End(block);
    }

    public static Effect Read(FormReader from)
    {
        var block = from.Begin();
        var (kind, id, since) = (from.Small(), from.Word(), from.Time());
        Effect effect = kind switch
        {
            Dispatch => new DispatchDocument(
                id,
                since,
                (DocumentType)from.Small(),
                DocumentForm.Passing(from),
                from.Word(),
                from.Text(),
                DocumentForm.ReadFrame(from),
                from.Flag()
            ),
            Forward => new ForwardReceipt(id, since, from.Word(), DocumentForm.Passing(from)),
            Ask => new AskCustoms(id, since, (DocumentType)from.Small(), from.Word(), from.Small()),
            Quota => new ChangeQuota(
                id,
                since,
                (QuotaStep)from.Small(),
                from.Small(),
                from.Number(),
                from.Word(),
                from.Small(),
                from.Small(),
                from.Small()
            ),
            Seek => new SeekUnmatched(id, since),
            _ => throw new InvalidDataException($"A stored outbox has an effect of the unknown kind {kind}."),
        };
        from.End(block);
        return effect;
    }

    static int KindOf(Effect effect) =>
        effect switch
        {
            DispatchDocument => Dispatch,
            ForwardReceipt => Forward,
            AskCustoms => Ask,
            ChangeQuota => Quota,
            SeekUnmatched => Seek,
            _ => throw new ArgumentException($"{effect.GetType().Name} has no form.", nameof(effect)),
        };
}
