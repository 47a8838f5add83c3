namespace ClearanceEngine.Silo.Door;

/// <summary>
/// A page of elsewhere changes nothing through somebody's browser. A session has its own proof (ADR 036), but a certificate is shown
/// whoever's page asks; browsers say of each request where it came from, and no script can change that (Fetch Metadata).
/// </summary>
static class CrossSiteGuard
{
    const string Header = "Sec-Fetch-Site";

    /// <summary>Ours, or the person's own doing; what no browser sent has no such header.</summary>
    static readonly string[] Trusted = ["same-origin", "none"];

    public static Task Pass(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return next(context);
        if (request.Headers[Header] is not [{ } site] || Trusted.Contains(site, StringComparer.Ordinal))
            return next(context);

        return DoorProblems
            .Problem(
                StatusCodes.Status403Forbidden,
                ProblemCode.CrossSiteRefused,
                "浏览器表明此请求由其他网站的页面发出，不予执行。The browser says that a page of another site sent this request; nothing was done."
            )
            .ExecuteAsync(context);
    }
}
