using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Changes;

/// <summary><c>GET /api/v1/changes</c>: what was handed on to a participant, as a stream or a page at a time (ADR 034).</summary>
static class ChangesEndpoint
{
    public static async Task<IResult> Show(
        HttpContext context,
        ChangeFeed feed,
        ChangesOptions options,
        ReaderPlaces places,
        ChangePolls polls,
        ChangeStreams streams
    )
    {
        var (caller, question) = (context.Caller(), new ChangeQuestion(context.Request, options));
        if (question.Faults.Length > 0)
            return DoorProblems.Malformed(ProblemCode.QueryIncomplete, question.Faults);
        var (participant, refusal) = feed.Of(caller, question.Participant);
        if (participant is null)
            return refusal!;
        if (places.TryEnter(caller, out var full) is not { } place)
            return ChangeProblems.NoPlace(context, full, options);

        try
        {
            var opened = await feed.Open(participant, question, context.RequestAborted);
            if (opened.Reader is not { } reader)
                return Refused(place, opened.Refusal!);
            if (question.IsStream)
                return streams.Of(reader, place);

            using (place)
            using (reader)
                return await polls.Read(reader, question, context) is { } page
                    ? Results.Json(page)
                    : AccessProblems.Unauthenticated(
                        context,
                        new CredentialException(CredentialFault.Revoked)
                    );
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    static IResult Refused(IDisposable place, IResult refusal)
    {
        place.Dispose();
        return refusal;
    }
}
