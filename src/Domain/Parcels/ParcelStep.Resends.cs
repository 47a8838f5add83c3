using ClearanceEngine.Receipts;

namespace ClearanceEngine.Parcels;

/// <summary>
/// What customs never got goes again (rule 4, decision 7): the same content under the same guid, as an effect of its own, and only
/// so often. What its participant signed is not ours to send again in another message: it is asked about.
/// </summary>
sealed partial class ParcelStep
{
    /// <summary>Customs failed, or says that it never got the document.</summary>
    void Resend(ParcelDocument kept)
    {
        if (MayGoAgain(kept))
            DispatchAgain(kept);
        else
            Doubt(kept);
    }

    /// <summary>The same document once more, under the name of an effect of its own; such a one leaves alone.</summary>
    void DispatchAgain(ParcelDocument kept)
    {
        kept = kept with
        {
            Resends = kept.Resends + 1,
            SentAt = null,
            MessageGuid = null,
            AskAt = null,
            Questions = 0,
        };
        Put(kept);
        if (!State.IsClosed) // should the parcel be opened again, it leaves then, under its new name
            Leave(kept, signedMessageGuid: null);
    }

    /// <summary>Time has come to ask, unless so many questions brought nothing that customs must have lost the document.</summary>
    void AskOrSendAgain(ParcelDocument kept)
    {
        if (!IsLostAfter(kept, kept.Questions))
        {
            Question(kept);
            return;
        }
        DispatchAgain(kept);
        Enter(
            $"{kept.Type.Name()}-sent-again",
            $"{kept.Questions} 次查询均无回执，按原内容重发{kept.Type.Chinese()} nothing came of {kept.Questions} questions, the same is sent again"
        );
    }

    /// <summary>Its owner sends it once more, long after it left and was not heard of: meant as a push, no question.</summary>
    void PushLost(Submission submission)
    {
        if (Known(submission) is not { IsDispatched: true } kept || submission.SignedMessageGuid is not null)
            return;
        if (!MayBeLost(kept) || !SameContent(kept.Document, submission.Document))
            return;
        // By the record's time: one that is read again after a crash is no new push.
        if (submission.ReceivedAt <= kept.SentAt + rules.Options.AnswerTimeout)
            return;
        DispatchAgain(kept);
        Enter(
            $"{kept.Type.Name()}-sent-again",
            $"企业再次报送，海关尚无回执，按原内容重发{kept.Type.Chinese()} its sender pushed it, the same is sent again"
        );
    }

    /// <summary>So many questions about it were in vain that it goes again instead of a further one.</summary>
    bool IsLostAfter(ParcelDocument kept, int questions)
    {
        var bound = rules.Options.QuestionsBeforeResend;
        return bound > 0 && questions >= Math.Min(bound, rules.Options.MaxQuestions) && MayBeLost(kept);
    }

    /// <summary>It left and customs has said nothing of it, not even in doubt.</summary>
    bool MayBeLost(ParcelDocument kept) =>
        kept is { SentAt: not null, CustomsCode: null, IsHeardOf: false }
        && MayResend(kept.Type)
        && MayGoAgain(kept);

    /// <summary>Customs says that it has no such document, and never said otherwise.</summary>
    bool IsLost(ParcelDocument kept)
    {
        if (kept.IsHeardOf || !MayResend(kept.Type))
            return false;
        // The E-Port has only handed it on; what customs itself has stored is not lost.
        return kept.CustomsCode is not { } code || code < 0 || CustomsCode.Rank(code) < CustomsCode.Rank(120);
    }

    bool MayGoAgain(ParcelDocument kept) =>
        !State.IsClosed
        && kept.SignedMessageGuid is null
        && kept.Resends - kept.OrderedResends < rules.Options.MaxResends;

    /// <summary>Sending it again makes sense only while customs still needs the document.</summary>
    bool MayResend(DocumentType type) =>
        type switch
        {
            DocumentType.DeclarationList => State.Status == ParcelStatus.Declared,
            DocumentType.Cancellation or DocumentType.Return => IsRequested(type),
            _ => State.Status == ParcelStatus.Rejected || !ParcelTable.IsDecided(State.Status),
        };
}
