using System.Threading.RateLimiting;
using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>
/// Bounds around <c>/connect</c>: OpenIddict answers there while the caller is being read, before any endpoint and its bounds. Each
/// request costs a query and a hash, so a client network has so many of them a minute, whatever clients it names.
/// </summary>
/// <param name="options">How many.</param>
sealed class TokenDoor(AccountOptions options) : IDisposable
{
    const string Path = "/connect";

    const int FormBytes = 16 * 1024;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly PartitionedRateLimiter<HttpContext> _rate = PartitionedRateLimiter.Create(
        (HttpContext context) =>
            RateLimitPartition.GetFixedWindowLimiter(
                DoorClient.Of(context),
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = options.TokenRequestsPerMinute,
                    Window = Window,
                    QueueLimit = 0,
                }
            )
    );

    /// <summary>Nothing where accounts are off: then nothing is answered there.</summary>
    public static void Use(WebApplication app)
    {
        if (app.Services.GetService<TokenDoor>() is { } door)
            app.Use(door.Pass);
    }

    public void Dispose() => _rate.Dispose();

    Task Pass(HttpContext context, RequestDelegate next) =>
        context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase)
            ? Guard(context, next)
            : next(context);

    async Task Guard(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            // The door's own text is written around all that have none.
            context.Response.Headers.Allow = HttpMethods.Post;
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        if ((Refusal(context) ?? await Unreadable(context)) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }
        await next(context);
    }

    /// <summary>OpenIddict would end with an error of ours.</summary>
    static async Task<IResult?> Unreadable(HttpContext context)
    {
        try
        {
            if (context.Request.HasFormContentType)
                await context.Request.ReadFormAsync(context.RequestAborted);
            return null;
        }
        catch (InvalidDataException)
        {
            return DoorProblems.Broken(StatusCodes.Status400BadRequest);
        }
    }

    IResult? Refusal(HttpContext context)
    {
        if (context.Request.ContentLength is null)
            return DoorProblems.Problem(
                StatusCodes.Status411LengthRequired,
                ProblemCode.BodyBroken,
                "请求须注明 Content-Length。The request must say its length (Content-Length), and not come in chunks."
            );
        if (context.Request.ContentLength > FormBytes)
            return DoorProblems.TooLarge(FormBytes);

        using var lease = _rate.AttemptAcquire(context);
        return lease.IsAcquired ? null : DoorProblems.TooMany(context, Window);
    }
}
