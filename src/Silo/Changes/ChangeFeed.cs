using ClearanceEngine.Access;
using ClearanceEngine.Participants;
using ClearanceEngine.Silo.Access;

namespace ClearanceEngine.Silo.Changes;

/// <summary>A reader, or the answer that its caller gets instead.</summary>
readonly record struct OpenedReader(ChangeReader? Reader, IResult? Refusal);

/// <summary>Opens readers of participants' events, for whom they are.</summary>
sealed class ChangeFeed(IParticipantRegistry participants, ReceiptTail tail, ReceiptPages pages)
{
    /// <summary>The one participant that is meant; else the answer that says why there is none.</summary>
    public (Participant? Participant, IResult? Refusal) Of(Caller caller, string? named)
    {
        var audience = caller.AudienceOf(Right.ReadParcels);
        var code = named ?? (audience is { IsEveryone: false, Companies: [var only] } ? only : null);
        if (code is null)
            return (null, ChangeProblems.WhichParticipant());
        if (!audience.Includes(code) || participants.Find(code) is not { } participant)
            return (null, ChangeProblems.NotYours(code));

        var isOthers = participants.All.Any(other =>
            other.Topic == participant.Topic && !audience.Includes(other.Code)
        );
        return isOthers ? (null, ChangeProblems.SharedTopic(code)) : (participant, null);
    }

    /// <summary>The caller may read the participant's events.</summary>
    public bool MayRead(Caller caller, string participant) => Of(caller, participant).Refusal is null;

    /// <exception cref="Confluent.Kafka.KafkaException">Kafka is away.</exception>
    public async Task<OpenedReader> Open(
        Participant participant,
        ChangeQuestion question,
        CancellationToken cancellationToken
    )
    {
        var cursor = question.Start == ChangeStart.Cursor ? ChangeCursor.Read(question.After) : null;
        if (question.Start == ChangeStart.Cursor && !IsOf(participant, cursor))
            return new(null, ChangeProblems.CursorInvalid());

        var lane = await tail.Enter(participant.Topic, cancellationToken);
        try
        {
            if (await Begin(lane, question.Start, cursor, cancellationToken) is { } offset)
                return new(new ChangeReader(lane, pages, participant.Code, offset), null);
        }
        catch
        {
            lane.Leave();
            throw;
        }
        lane.Leave();
        return new(null, ChangeProblems.CursorGone());
    }

    static bool IsOf(Participant participant, ChangeCursor? cursor) =>
        cursor?.Owner == ChangeCursor.OwnerOf(participant.Code, participant.Topic);

    /// <summary>The first offset; null when it is gone.</summary>
    async Task<long?> Begin(
        TailLane lane,
        ChangeStart start,
        ChangeCursor? cursor,
        CancellationToken cancellationToken
    )
    {
        if (start == ChangeStart.Latest)
            return lane.Next;
        if (cursor is { } given)
        {
            if (given.Topic != lane.Identity)
                return null;
            // Who comes again at once stands in the lane, and Kafka need not be asked.
            if (given.Offset >= lane.Start && given.Offset <= lane.Next)
                return given.Offset;
        }

        var bounds = await pages.Bounds(lane.Topic, cancellationToken);
        if (cursor is not { Offset: var offset })
            return bounds.Low.Value;
        return offset >= bounds.Low.Value && offset <= bounds.High.Value ? offset : null;
    }
}
