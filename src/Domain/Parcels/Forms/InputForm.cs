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
        switch (input)
        {
            case DocumentArrived arrived:
                to.Number(1);
                SubmissionForm.Write(to, arrived.Submission);
                break;
            case ReceiptArrived { Answer: var answer }:
                to.Number(2);
                to.Shelved(answer.Receipt);
                to.Time(answer.ReceivedAt);
                to.Flag(answer.HandOn);
                break;
            case EffectCompleted { Completion: var completion }:
                to.Number(3);
                to.Text(completion.EffectId);
                to.Time(completion.At);
                to.Text(completion.MessageGuid);
                ProblemForm.WriteOptional(to, completion.Problem);
                break;
            case ReserveAnswered answered:
                to.Number(4);
                to.Number(answered.Attempt);
                to.Number((int)answered.Answer.Outcome);
                to.Number(answered.Answer.UsedFen);
                to.Number(answered.Answer.LimitFen);
                break;
            case QuotaStepDone done:
                to.Number(5);
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
            case Woken:
                to.Number(6);
                break;
            case AskNow:
                to.Number(7);
                break;
            case ResendOrdered ordered:
                to.Number(8);
                to.Number((int)ordered.Type);
                to.Text(ordered.Number);
                break;
            case CloseOrdered ordered:
                to.Number(9);
                to.Text(ordered.Reason);
                break;
            case GoodsDeparted departed:
                to.Number(10);
                to.Time(departed.At);
                break;
            case SignedMessageRefused refused:
                to.Number(11);
                to.Text(refused.MessageGuid);
                ProblemForm.Write(to, refused.Problem);
                break;
            case FormatRefused refused:
                to.Number(12);
                to.Texts(refused.EffectIds);
                ProblemForm.WriteOptional(to, refused.Problem);
                break;
            case MessageDissolved dissolved:
                to.Number(13);
                to.Texts(dissolved.EffectIds);
                ProblemForm.WriteOptional(to, dissolved.Problem);
                break;
            case WaybillClaimed claimed:
                to.Number(14);
                DocumentForm.WriteKey(to, claimed.Waybill);
                to.Text(claimed.AppTime);
                to.Text(claimed.Guid);
                break;
            case Sought sought:
                to.Number(15);
                to.Text(sought.EffectId);
                ParcelForm.WriteAll(to, sought.Superseded, DocumentForm.WriteKey);
                ParcelForm.WriteAll(to, sought.Elsewhere, DocumentForm.WriteKey);
                break;
            case HandOnsPutOff putOff:
                to.Number(16);
                ParcelForm.WriteAll(to, putOff.HandOns, WriteHandOn);
                break;
            default:
                throw new ArgumentException($"{input.GetType().Name} has no form.", nameof(input));
        }
    }

    public static ParcelInput Read(FormReader from)
    {
        var block = from.Begin();
        var kind = from.Small();
        ParcelInput input = kind switch
        {
            1 => new DocumentArrived(SubmissionForm.Read(from)),
            2 => new ReceiptArrived(new(DocumentForm.Content(from), from.Time(), from.Flag())),
            3 => new EffectCompleted(
                new(from.Word(), from.Time(), from.Text(), ProblemForm.ReadOptional(from))
            ),
            4 => new ReserveAnswered(
                from.Small(),
                new((ReserveOutcome)from.Small(), from.Number(), from.Number())
            ),
            5 => new QuotaStepDone(from.Word(), (QuotaStep)from.Small(), from.Small(), from.Number()),
            6 => new Woken(),
            7 => new AskNow(),
            8 => new ResendOrdered((DocumentType)from.Small(), from.Text()),
            9 => new CloseOrdered(from.Word()),
            10 => new GoodsDeparted(from.Time()),
            11 => new SignedMessageRefused(from.Word(), ProblemForm.Read(from)),
            12 => new FormatRefused([.. from.Texts()], ProblemForm.ReadOptional(from)),
            13 => new MessageDissolved([.. from.Texts()], ProblemForm.ReadOptional(from)),
            14 => new WaybillClaimed(DocumentForm.ReadKey(from), from.Word(), from.Word()),
            15 => new Sought(
                from.Word(),
                ParcelForm.ReadAll(from, DocumentForm.ReadKey),
                ParcelForm.ReadAll(from, DocumentForm.ReadKey)
            ),
            16 => new HandOnsPutOff(ParcelForm.ReadAll(from, ReadHandOn)),
            _ => throw new InvalidDataException($"A journal has an input of the unknown kind {kind}."),
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
}
