using ClearanceEngine.Access;
using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Access;

/// <summary>What is answered to who is not let in. Of what lies behind, nothing.</summary>
static class AccessProblems
{
    /// <summary>401, or 503 where whoever could check the credential is away.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="failure">Why the credential was not taken; null where there was none.</param>
    public static IResult Unauthenticated(HttpContext context, Exception? failure)
    {
        if (failure is ProviderAwayException)
            return DoorProblems.PartAway(context, "identity provider");

        var (challenge, refusal) = failure is null
            ? ("Bearer", AccessRefusal.SignInNeeded)
            : ("Bearer error=\"invalid_token\"", AccessRefusal.CredentialInvalid);
        context.Response.Headers.WWWAuthenticate = challenge;
        return Problem(StatusCodes.Status401Unauthorized, refusal);
    }

    /// <summary>403: which right is missing, and who has it.</summary>
    public static IResult Forbidden(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RightRequirement>() is { } missing
            ? Problem(StatusCodes.Status403Forbidden, AccessRefusal.NotAllowed(missing.Right))
            : DoorProblems.Problem(
                StatusCodes.Status403Forbidden,
                ProblemCode.NotAllowed,
                "本地址未开放。This address is open to nobody."
            );

    /// <summary>403: a message in another's name.</summary>
    public static IResult NotYourCompany(string copCode) =>
        Problem(StatusCodes.Status403Forbidden, AccessRefusal.NotYourCompany(Clip.Quote(copCode)));

    static IResult Problem(int status, AccessRefusal refusal) =>
        DoorProblems.Problem(status, refusal.Code, refusal.Text);
}
