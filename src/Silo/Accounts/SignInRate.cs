using System.Net;
using System.Threading.RateLimiting;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.RateLimiting;

namespace ClearanceEngine.Silo.Accounts;

/// <summary>Forms of sign-in by the address that sends them: guessing is slow from each, whatever accounts it tries.</summary>
/// <param name="options">How many.</param>
sealed class SignInRate(AccountOptions options) : IRateLimiterPolicy<IPAddress>
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; } =
        (context, _) =>
            new(DoorProblems.TooMany(context.HttpContext, Window).ExecuteAsync(context.HttpContext));

    public RateLimitPartition<IPAddress> GetPartition(HttpContext httpContext) =>
        RateLimitPartition.GetFixedWindowLimiter(
            DoorClient.Of(httpContext),
            _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.SignInsPerMinute,
                Window = Window,
                QueueLimit = 0,
            }
        );
}
