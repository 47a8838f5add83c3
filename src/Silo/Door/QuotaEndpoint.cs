using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;
using ClearanceEngine.Subscribers;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Door;

/// <summary><c>POST /quota</c>: a person's year.</summary>
static class QuotaEndpoint
{
    /// <summary>Most bytes of the request's body.</summary>
    public const int BodyBytes = 4 * 1024;

    /// <summary>Body of the request; an id number never stands in an address.</summary>
    public sealed record QuotaRequest(string? IdNumber, int? Year);

    /// <summary>The answer, in fen.</summary>
    public sealed record QuotaResponse(
        int Year,
        long LimitFen,
        long PostedFen,
        long PendingFen,
        long RemainingFen
    );

    public static async Task<IResult> Show(
        QuotaRequest request,
        SubscriberIdentity identity,
        KnownGrains known,
        LimitTable limits,
        IOptions<QuotaOptions> options,
        TimeProvider time,
        CancellationToken aborted
    )
    {
        var now = time.GetUtcNow();
        if (request.IdNumber is not { Length: > 0 } id || !IsValid(id, now))
            return Results.Problem(
                "证件号码无效。idNumber is missing or no valid resident id.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "id-number-wrong"
            );
        var year = request.Year ?? CebTime.BeijingYear(now);
        if (year is < 2016 or > 9998)
            return Results.Problem(
                "年份无效。year must be 2016 or later.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "year-wrong"
            );

        // Who never bought anything has the whole limit, and gets no grain for having been asked about.
        var subscriber = await known.Subscriber(identity.Hash(id), aborted);
        var standing = subscriber is null
            ? new QuotaLedger(limits, options.Value.HorizonYears).Of(new QuotaState(), year)
            : await subscriber.Standing(year);
        return Results.Json(
            new QuotaResponse(
                year,
                standing.LimitFen,
                standing.PostedFen,
                standing.PendingFen,
                standing.RemainingFen
            )
        );
    }

    static bool IsValid(string id, DateTimeOffset now) =>
        ResidentId.IsValid(
            ResidentId.Normalise(id),
            DateOnly.FromDateTime(now.ToOffset(CebTime.BeijingOffset).DateTime)
        );
}
