using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Door;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Intake;

/// <summary>What is held of a record that its participant signed.</summary>
/// <param name="Admitted">Its message; every document has a problem where the whole is not taken.</param>
/// <param name="MessageGuid">The guid under which it is held; null where our messages are made of its documents, or none leaves.</param>
/// <param name="WasRefused">It has come before and was refused.</param>
sealed record HeldRecord(AdmittedMessage Admitted, string? MessageGuid, bool WasRefused = false);

/// <summary>
/// A message that its participant signed leaves byte for byte and as a whole, or not at all: it is held before its documents go to
/// their parcels, and refused at once when one of them does not leave with it.
/// </summary>
sealed class SignedIntake(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Holds a signed message; what is not signed, or only staged, needs no holding.</summary>
    /// <param name="admitted">The message.</param>
    /// <param name="body">Its bytes as they came.</param>
    /// <param name="members">Its documents, with their parcels as far as these are known.</param>
    public async Task<HeldRecord> Hold(
        AdmittedMessage admitted,
        ReadOnlyMemory<byte> body,
        ImmutableArray<SignedMember> members
    )
    {
        if (!admitted.IsSigned)
            return new HeldRecord(admitted, null);
        if (admitted.Problems.SelectMany(p => p).FirstOrDefault() is { } wrong)
            return Unheld(admitted, OtherIsWrong(wrong));

        var (message, type) = (admitted.Message, members[0].Type);
        var staged = message.Documents.Count(IsStaged);
        if (staged == message.Documents.Length)
            return new HeldRecord(admitted, null);
        if (staged > 0)
            return Unheld(admitted, PartlyStaged(type));

        var answer = await grains
            .Grain<ISignedMessageGrain>(GrainKey.SignedMessage(message.Guid))
            .Hold(message.Schema.Root, admitted.Sender.Code, body.ToArray(), members);
        return answer == HeldAnswer.OtherContent
            ? Unheld(admitted, GuidReused(type, message.Guid))
            : new HeldRecord(admitted, message.Guid, answer == HeldAnswer.Refused);
    }

    /// <summary>
    /// Refuses the message when one of its documents does not leave with it. Those that were taken are told by their parcels, and
    /// whoever waits for the answer by this one.
    /// </summary>
    public async Task RefuseIfBroken(HeldRecord held, DocumentType type, DocumentAnswer[] answers)
    {
        if (held.MessageGuid is not { } messageGuid)
            return;
        if (Broken(type, answers) is not { } broken)
        {
            if (!held.WasRefused)
                return;
            broken = RefusedBefore(type);
        }

        var refusal = await grains
            .Grain<ISignedMessageGrain>(GrainKey.SignedMessage(messageGuid))
            .Refuse(broken);
        if (refusal is null)
            return;
        for (var i = 0; i < answers.Length; i++)
        {
            if (WasTaken(answers[i].Reply))
                answers[i] = Withdrawn(answers[i], refusal);
        }
    }

    /// <summary>Why the message does not leave; null when all of it may, now or later.</summary>
    static Problem? Broken(DocumentType type, DocumentAnswer[] answers)
    {
        // What is older than what is here never leaves, no more than what is refused.
        var refused = answers.FirstOrDefault(a =>
            a.Reply.Outcome is SubmissionOutcome.Refused or SubmissionOutcome.Stale
        );
        if (refused is not null)
            return OtherIsRefused(type, refused.Reply.Problems.FirstOrDefault()?.Code);
        return answers.Any(a => a.Reply.IsElsewhere) ? OtherIsElsewhere(type) : null;
    }

    static bool WasTaken(SubmissionReply reply) =>
        reply
            is {
                IsElsewhere: false,
                Outcome: SubmissionOutcome.Accepted
                    or SubmissionOutcome.Unmatched
                    or SubmissionOutcome.Duplicate
            };

    DocumentAnswer Withdrawn(DocumentAnswer answer, Problem problem) =>
        answer with
        {
            Reply = answer.Reply with
            {
                Outcome = SubmissionOutcome.Refused,
                Receipt = OwnReceipt.Refusal(answer.Type, answer.Document, [problem], time.GetUtcNow()),
                Problems = [problem],
                Missing = [],
                Source = ReceiptSource.Engine,
            },
        };

    static bool IsStaged(CebDocument document) => document.AppStatus == "1";

    /// <summary>Refuses every document that is not refused for its own faults.</summary>
    static HeldRecord Unheld(AdmittedMessage message, Problem problem) =>
        new(message with { Problems = [.. message.Problems.Select(p => p.IsEmpty ? [problem] : p)] }, null);

    static Problem OtherIsWrong(Problem wrong) =>
        MessageRefused(
            wrong.Document,
            $"同一加签报文中的其他单证有误（{wrong.Code}），整份报文未受理，请更正后重新发送。Another document of the same signed message is wrong ({wrong.Code}); correct it and send the message again."
        );

    static Problem OtherIsRefused(DocumentType type, ProblemCode? code) =>
        MessageRefused(
            type,
            $"同一加签报文中的其他单证未受理（{code}），整份报文不发送。Another document of the same signed message was refused ({code}); a signed message leaves as a whole. Correct it and send the message again."
        );

    static Problem OtherIsElsewhere(DocumentType type) =>
        MessageRefused(
            type,
            "同一加签报文中的其他单证此前已随其他报文报送，同一单证不重复发往海关，整份报文不发送。请去掉已报送的单证，以新的 guid 重新加签后发送。Another document of the same signed message came before in another message, and no document goes to customs twice. Leave it out, give the message a new guid, sign it and send it again."
        );

    static Problem RefusedBefore(DocumentType type) =>
        MessageRefused(
            type,
            "该 guid 的加签报文此前已被拒绝，请以新的 guid 重新加签后发送。The signed message of this guid was refused before; give it a new guid, sign it and send it again."
        );

    static Problem PartlyStaged(DocumentType type) =>
        MessageRefused(
            type,
            "同一加签报文中既有暂存（appStatus 1）又有申报（appStatus 2）的单证，加签报文须整份发出，未受理；请分开加签发送。The signed message has documents that are only staged (appStatus 1) beside those that are declared (appStatus 2), and it leaves as a whole; sign and send them apart."
        );

    static Problem MessageRefused(DocumentType type, string text) =>
        new(ProblemCode.MessageRefused, type, null, null, text);

    static Problem GuidReused(DocumentType type, string guid) =>
        new(
            ProblemCode.GuidReused,
            type,
            null,
            "guid",
            $"加签报文的 guid {guid} 已用于内容不同的报文，请换用新的 guid 重新加签。The guid {guid} of the signed message was used for a message with other content; give it a new guid, sign it and send it again."
        );
}
