using System.Text.Json;
using ClearanceEngine.Audit;
using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Subscribers;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Door;

/// <summary><c>POST /api/v1/quota</c>: a person's year.</summary>
static class QuotaEndpoint
{
    /// <summary>Most bytes of the request's body.</summary>
    public const int BodyBytes = 4 * 1024;

    public static async Task<IResult> Show(
        HttpContext context,
        BodyReader reader,
        IOptions<JsonOptions> json,
        SubscriberIdentity identity,
        KnownGrains known,
        LimitTable limits,
        QuotaOptions options,
        TimeProvider time,
        CancellationToken aborted
    )
    {
        if (BodyTypes.Refusal(context.Request, BodyTypes.OfQuestions) is { } refusal)
            return refusal;
        var body = await reader.Read(context.Request, BodyBytes);
        if (body.Refusal is not null)
            return body.Refusal;
        if (Read(body.Bytes, json.Value.SerializerOptions, out var malformed) is not { } request)
            return malformed!;

        var now = time.GetUtcNow();
        if (request.IdNumber is not { Length: > 0 } id || !IsValid(id, now))
            return DoorProblems.Malformed(
                ProblemCode.IdNumberWrong,
                "证件号码缺失或无效，请给出 18 位居民身份证号。idNumber is missing or no valid resident id; give its 18 characters."
            );
        var year = request.Year ?? CebTime.BeijingYear(now);
        if (year is < 2016 or > 9998)
            return DoorProblems.Malformed(
                ProblemCode.YearWrong,
                $"年份 {year} 无效，应为 2016 至 9998。year is {year}; it must be from 2016 to 9998."
            );

        if (request.Reason is not null && ActReason.Read(request.Reason) is null)
            return DoorProblems.Malformed(
                ProblemCode.ReasonWrong,
                $"reason 应为 1 至 {ActReason.MostCharacters} 字，不得有控制字符，可省略。reason must be a text of 1 to {ActReason.MostCharacters} characters without control characters, or left out."
            );

        var person = identity.Hash(id);
        var patience = RequestPatience.Of(context);
        patience.Renew();
        var act = AuditedAct.Of(context);
        await patience.Ask(act.Begin(AuditSubject.Person(person), reason: ActReason.Read(request.Reason)));

        // Who never bought anything has the whole limit, and gets no grain for having been asked about.
        var subscriber = await patience.Ask(known.Subscriber(person, aborted));
        var standing = subscriber is null
            ? new QuotaLedger(limits, options.HorizonYears).Of(new QuotaState(), year)
            : await patience.Ask(subscriber.Standing(year));
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

    /// <summary>The question, or why it cannot be read; the parser's own words may repeat an id number and are not told.</summary>
    static QuotaRequest? Read(byte[] body, JsonSerializerOptions options, out IResult? malformed)
    {
        var at = "";
        try
        {
            if (JsonSerializer.Deserialize<QuotaRequest>(body, options) is { } request)
            {
                malformed = null;
                return request;
            }
        }
        catch (JsonException e)
        {
            at =
                $"（第 {e.LineNumber + 1} 行第 {e.BytePositionInLine + 1} 字节 line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}）";
        }
        malformed = DoorProblems.Malformed(
            ProblemCode.JsonMalformed,
            $$"""请求体应为 {"idNumber": "…18 位…", "year": 2026, "reason": "…"}，year 与 reason 可省略，不得有其他成员{{at}}。The body must be that JSON object in UTF-8: idNumber a string, year a number or left out, reason a string or left out, nothing else."""
        );
        return null;
    }

    static bool IsValid(string id, DateTimeOffset now) =>
        ResidentId.IsValid(
            ResidentId.Normalise(id),
            DateOnly.FromDateTime(now.ToOffset(CebTime.BeijingOffset).DateTime)
        );
}
