using ClearanceEngine.Storage.Forms;
using ClearanceEngine.Subscribers;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>
/// An input in the journal, whole: deciding it again gives what was decided (design rule 15). The kinds have numbers, which are
/// never used for another kind.
/// </summary>
static class InputForm
{
    public static void Write(FormWriter to, ParcelInput input)
    {
        var block = to.Begin();
        to.Number((int)KindOf(input));
        switch (input)
        {
            case DocumentArrived arrived:
                SubmissionForm.Write(to, arrived.Submission);
                break;
            case ReceiptArrived { Answer: var answer }:
                to.Shelved(answer.Receipt);
                to.Time(answer.ReceivedAt);
                to.Flag(answer.HandOn);
                break;
            case EffectCompleted { Completion: var completion }:
                to.Text(completion.EffectId);
                to.Time(completion.At);
                to.Text(completion.MessageGuid);
                ProblemForm.WriteOptional(to, completion.Problem);
                break;
            case ReserveAnswered answered:
                to.Number(answered.Attempt);
                to.Number((int)answered.Answer.Outcome);
                to.Number(answered.Answer.UsedFen);
                to.Number(answered.Answer.LimitFen);
                break;
            case QuotaStepDone done:
                to.Text(done.EffectId);
                to.Number((int)done.Step);
                to.Number(done.Attempt);
                to.Number(done.Fen);
                break;
            default:
                WriteRare(to, input);
                break;
        }
        to.End(block);
    }

    /// <summary>What the scan, an operator, a site or another parcel says.</summary>
    static void WriteRare(FormWriter to, ParcelInput input)
    {
        switch (input)
        {
            case Woken or AskNow:
                break;
            case ResendOrdered ordered:
                to.Number((int)ordered.Type);
                to.Text(ordered.Number);
                break;
            case CloseOrdered ordered:
                to.Text(ordered.Reason);
                break;
            case GoodsDeparted departed:
                to.Time(departed.At);
                break;
            case SignedMessageRefused refused:
                to.Text(refused.MessageGuid);
                ProblemForm.Write(to, refused.Problem);
                break;
            case FormatRefused refused:
                to.Texts(refused.EffectIds);
                ProblemForm.WriteOptional(to, refused.Problem);
                break;
            case MessageDissolved dissolved:
                to.Texts(dissolved.EffectIds);
                ProblemForm.WriteOptional(to, dissolved.Problem);
                break;
            case WaybillClaimed claimed:
                DocumentForm.WriteKey(to, claimed.Waybill);
                to.Text(claimed.AppTime);
                to.Text(claimed.Guid);
                break;
            case Sought sought:
                to.Text(sought.EffectId);
                ParcelForm.WriteAll(to, sought.Superseded, DocumentForm.WriteKey);
                ParcelForm.WriteAll(to, sought.Elsewhere, DocumentForm.WriteKey);
                break;
            case HandOnsPutOff putOff:
                ParcelForm.WriteAll(to, putOff.HandOns, WriteHandOn);
                break;
            case WaybillMovedAway moved:
                DocumentForm.WriteKey(to, moved.Waybill);
                break;
            case WaybillMovedHere moved:
                DocumentForm.Write(to, moved.Waybill);
                ParcelForm.WriteAll(to, moved.Receipts, ParcelForm.WriteReceipt);
                to.Flag(moved.Status is not null);
                if (moved.Status is { } status)
                    DocumentForm.Write(to, status);
                break;
        }
    }

    public static ParcelInput Read(FormReader from)
    {
        var block = from.Begin();
        var kind = (InputKind)from.Small();
        ParcelInput input = kind switch
        {
            InputKind.Document => new DocumentArrived(SubmissionForm.Read(from)),
            InputKind.Receipt => new ReceiptArrived(
                new(DocumentForm.Content(from), from.Time(), from.Flag())
            ),
            InputKind.Completed => new EffectCompleted(
                new(from.Word(), from.Time(), from.Text(), ProblemForm.ReadOptional(from))
            ),
            InputKind.ReserveAnswer => new ReserveAnswered(
                from.Small(),
                new((ReserveOutcome)from.Small(), from.Number(), from.Number())
            ),
            InputKind.QuotaStep => new QuotaStepDone(
                from.Word(),
                (QuotaStep)from.Small(),
                from.Small(),
                from.Number()
            ),
            InputKind.Woken => new Woken(),
            InputKind.AskNow => new AskNow(),
            InputKind.Resend => new ResendOrdered((DocumentType)from.Small(), from.Text()),
            InputKind.Close => new CloseOrdered(from.Word()),
            InputKind.Departed => new GoodsDeparted(from.Time()),
            InputKind.SignedMessageRefused => new SignedMessageRefused(from.Word(), ProblemForm.Read(from)),
            InputKind.FormatRefused => new FormatRefused([.. from.Texts()], ProblemForm.ReadOptional(from)),
            InputKind.MessageDissolved => new MessageDissolved(
                [.. from.Texts()],
                ProblemForm.ReadOptional(from)
            ),
            InputKind.WaybillClaimed => new WaybillClaimed(
                DocumentForm.ReadKey(from),
                from.Word(),
                from.Word()
            ),
            InputKind.Sought => new Sought(
                from.Word(),
                ParcelForm.ReadAll(from, DocumentForm.ReadKey),
                ParcelForm.ReadAll(from, DocumentForm.ReadKey)
            ),
            InputKind.HandOnsPutOff => new HandOnsPutOff(ParcelForm.ReadAll(from, ReadHandOn)),
            InputKind.WaybillMovedAway => new WaybillMovedAway(DocumentForm.ReadKey(from)),
            InputKind.WaybillMovedHere => ReadMoved(from),
            _ => throw new InvalidDataException($"A journal has an input of the unknown kind {(int)kind}."),
        };
        from.End(block);
        return input;
    }

    static void WriteHandOn(FormWriter to, HandOn handOn)
    {
        to.Text(handOn.Receiver);
        to.Shelved(handOn.Receipt);
    }

    static HandOn ReadHandOn(FormReader from) => new(from.Word(), DocumentForm.Content(from));

    static WaybillMovedHere ReadMoved(FormReader from)
    {
        var waybill = DocumentForm.Read(from);
        var receipts = ParcelForm.ReadAll(from, ParcelForm.ReadReceipt);
        return new WaybillMovedHere(waybill, from.Flag() ? DocumentForm.Read(from) : null, receipts);
    }

    static InputKind KindOf(ParcelInput input) =>
        input switch
        {
            DocumentArrived => InputKind.Document,
            ReceiptArrived => InputKind.Receipt,
            EffectCompleted => InputKind.Completed,
            ReserveAnswered => InputKind.ReserveAnswer,
            QuotaStepDone => InputKind.QuotaStep,
            Woken => InputKind.Woken,
            AskNow => InputKind.AskNow,
            ResendOrdered => InputKind.Resend,
            CloseOrdered => InputKind.Close,
            GoodsDeparted => InputKind.Departed,
            SignedMessageRefused => InputKind.SignedMessageRefused,
            FormatRefused => InputKind.FormatRefused,
            MessageDissolved => InputKind.MessageDissolved,
            WaybillClaimed => InputKind.WaybillClaimed,
            Sought => InputKind.Sought,
            HandOnsPutOff => InputKind.HandOnsPutOff,
            WaybillMovedAway => InputKind.WaybillMovedAway,
            WaybillMovedHere => InputKind.WaybillMovedHere,
            _ => throw new ArgumentException($"{input.GetType().Name} has no form.", nameof(input)),
        };

    /// <summary>Stored: a number is never used for another kind.</summary>
    enum InputKind
    {
        Document = 1,
        Receipt = 2,
        Completed = 3,
        ReserveAnswer = 4,
        QuotaStep = 5,
        Woken = 6,
        AskNow = 7,
        Resend = 8,
        Close = 9,
        Departed = 10,
        SignedMessageRefused = 11,
        FormatRefused = 12,
        MessageDissolved = 13,
        WaybillClaimed = 14,
        Sought = 15,
        HandOnsPutOff = 16,
        WaybillMovedAway = 17,
        WaybillMovedHere = 18,
    }
}
