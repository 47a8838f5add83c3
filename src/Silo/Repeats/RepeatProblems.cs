using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>What is answered to repeats, and to who acts on what is no longer so.</summary>
static class RepeatProblems
{
    public static IResult Changed() =>
        DoorProblems.Problem(
            StatusCodes.Status412PreconditionFailed,
            ProblemCode.PreconditionFailed,
            "包裹已与 If-Match 所指的不同，未执行。请重新 GET 查看，再决定。The parcel is not what If-Match names any more; nothing was done. GET it again, look at it, and decide."
        );

    public static IResult KeyInvalid() =>
        DoorProblems.Malformed(
            ProblemCode.IdempotencyKeyInvalid,
            $"Idempotency-Key 应为一个，1 至 {RepeatKey.Longest} 个可见 ASCII 字符。Idempotency-Key must be there once, with 1 to {RepeatKey.Longest} visible ASCII characters."
        );

    public static IResult KeyReused() =>
        DoorProblems.Problem(
            StatusCodes.Status422UnprocessableEntity,
            ProblemCode.IdempotencyKeyReused,
            "该 Idempotency-Key 已用于另一请求，未执行。新的请求请用新的键。The Idempotency-Key came with another request before; nothing was done. Give a new request a new key."
        );

    public static IResult Unknown() =>
        DoorProblems.Problem(
            StatusCodes.Status409Conflict,
            ProblemCode.OutcomeUnknown,
            "同一 Idempotency-Key 的请求已交付处理，但答复未能保留，可能已经执行。请先查看包裹；如需再次执行，请用新的键。The first request with this Idempotency-Key was handed on and its answer is lost: it may be done. Look at the parcel; to have it done again, use a new key."
        );

    public static IResult InFlight(HttpContext context) =>
        DoorProblems.Later(
            context,
            StatusCodes.Status409Conflict,
            ProblemCode.RequestInFlight,
            DoorProblems.RetryAfter,
            "同一 Idempotency-Key 的请求尚未结束，请稍后以同一键重试。The first request with this Idempotency-Key has not ended; ask again in a moment with the same key."
        );
}
