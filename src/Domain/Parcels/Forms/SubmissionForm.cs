using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>A document on its way, with all that its parcel decides by.</summary>
static class SubmissionForm
{
    public static void Write(FormWriter to, Submission submission)
    {
        var block = to.Begin();
        to.Number((int)submission.Type);
        to.Shelved(submission.Document);
        DocumentForm.WriteTransfer(to, submission.Sender);
        to.Text(submission.SignedMessageGuid);
        to.Time(submission.ReceivedAt);
        ProblemForm.WriteAll(to, submission.Problems);
        to.Flag(submission.KnownOver is not null);
        if (submission.KnownOver is { } over)
            WriteOver(to, over);
        DocumentForm.WriteFrame(to, submission.Frame);
        to.Text(submission.Principal);
        to.End(block);
    }

    public static Submission Read(FormReader from)
    {
        var block = from.Begin();
        var submission = new Submission(
            (DocumentType)from.Small(),
            DocumentForm.Content(from),
            DocumentForm.ReadTransfer(from),
            from.Text(),
            from.Time(),
            ProblemForm.ReadAll(from),
            from.Flag() ? ReadOver(from) : null,
            DocumentForm.ReadFrame(from),
            from.Text()
        );
        from.End(block);
        return submission;
    }

    static void WriteOver(FormWriter to, OverLimit over)
    {
        to.Number(over.UsedFen);
        to.Number(over.LimitFen);
        to.Number(over.CustomsCode);
    }

    static OverLimit ReadOver(FormReader from) => new(from.Number(), from.Number(), from.Small());
}
