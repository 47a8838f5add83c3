using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>Puts a text to its endpoint.</summary>
static class EndpointTexts
{
    const string Problem = "application/problem+json";

    /// <summary>Says what the endpoint does and answers. Nothing of it changes how a request goes: what a body is declared as, the endpoint itself looks at.</summary>
    public static RouteHandlerBuilder Tell(this RouteHandlerBuilder endpoint, EndpointText text)
    {
        endpoint.WithName(text.Id).WithTags(text.Group.Name).WithMetadata(text);
        foreach (var answer in text.Answers)
            endpoint.Produces(answer.Status, answer.Type, "application/json");
        foreach (var refusal in Refusals(text))
            endpoint.Produces<ProblemResponse>(refusal.Status, Problem);
        return endpoint;
    }

    /// <summary>What the endpoint refuses, and what any refuses before it is asked.</summary>
    public static IEnumerable<RefusalText> Refusals(EndpointText text)
    {
        RefusalText[] ofBodies =
        [
            new(400, ProblemCode.BodyBroken),
            new(408, ProblemCode.TooSlow),
            new(413, ProblemCode.TooLarge),
            new(415, ProblemCode.ContentTypeNotAllowed),
        ];
        RefusalText[] ofCallers =
        [
            new(401, ProblemCode.SignInNeeded, ProblemCode.CredentialInvalid),
            new(403, ProblemCode.NotAllowed),
        ];
        RefusalText[] ofActs =
        [
            new(400, ProblemCode.IdempotencyKeyInvalid),
            new(409, ProblemCode.RequestInFlight, ProblemCode.OutcomeUnknown),
            new(412, ProblemCode.PreconditionFailed),
            new(422, ProblemCode.IdempotencyKeyReused),
        ];
        RefusalText[] ofAll =
        [
            new(429, ProblemCode.TooManyRequests),
            new(500, ProblemCode.InternalError),
            new(503, ProblemCode.Starting, ProblemCode.PartAway),
        ];
        return text
            .Refusals.Concat(text.Bodies.IsEmpty ? [] : ofBodies)
            .Concat(text.Group == ContractGroups.Engine ? [] : ofCallers)
            .Concat(text.IsAct ? ofActs : [])
            .Concat(ofAll)
            .GroupBy(refusal => refusal.Status)
            .OrderBy(status => status.Key)
            .Select(status => new RefusalText(status.Key, [.. CodesOf([.. status])]));
    }

    /// <summary>None where any may come.</summary>
    static IEnumerable<ProblemCode> CodesOf(RefusalText[] refusals) =>
        refusals.Any(refusal => refusal.Codes.IsEmpty) ? [] : refusals.SelectMany(refusal => refusal.Codes);
}
