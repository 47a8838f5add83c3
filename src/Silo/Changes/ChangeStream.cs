using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Changes;

/// <summary>By what a stream goes on, and ends.</summary>
/// <param name="Options">Bounds.</param>
/// <param name="StillMay">Whether the caller may read on.</param>
/// <param name="IsAway">Whether an error means that Kafka is away.</param>
/// <param name="Json">How events are written.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stopping">The engine stops.</param>
sealed record StreamTerms(
    ChangesOptions Options,
    Func<HttpContext, Task<bool>> StillMay,
    Func<Exception, bool> IsAway,
    JsonSerializerOptions Json,
    TimeProvider Time,
    CancellationToken Stopping
);

/// <summary>
/// Server-sent events, one after the other as they come. Written by hand: the framework's formatter knows no comments, and a stream
/// without events needs some, or proxies end it. Nothing is held for a slow reader but the page that it is given; one that takes nothing
/// is ended by the server (its smallest rate of an answer).
/// </summary>
sealed class ChangeStream(ChangeReader reader, IDisposable place, StreamTerms terms) : IResult
{
    long _looked;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (place)
        using (reader)
            await Run(httpContext);
    }

    async Task Run(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers[HeaderNames.CacheControl] = "no-store";
        // Some proxies keep an answer until it is whole.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _looked = terms.Time.GetTimestamp();
        try
        {
            await Write(context, $"retry: {Milliseconds(terms.Options.Reconnect)}\n\n");
            await Write(context, await Follow(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader went.
        }
    }

    /// <summary>Writes what comes until the stream is to end, and says why.</summary>
    async Task<string> Follow(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            terms.Stopping
        );
        try
        {
            while (!terms.Stopping.IsCancellationRequested)
            {
                if (IsToLookAgain() && !await StillMay(context))
                    return End(ProblemCode.CredentialInvalid);

                var news = reader.News;
                var events = await reader.Next(terms.Options.PageEvents, context.RequestAborted);
                if (events.Count > 0)
                    await Write(context, string.Concat(events.Select(Text)));
                else if (!await Came(news, ending.Token))
                    await Write(context, ":\n\n");
            }
            return End(ProblemCode.Stopping);
        }
        catch (Exception e) when (e is not OperationCanceledException && terms.IsAway(e))
        {
            return End(ProblemCode.PartAway);
        }
    }

    bool IsToLookAgain() => terms.Time.GetElapsedTime(_looked) >= terms.Options.LookAgain;

    Task<bool> StillMay(HttpContext context)
    {
        _looked = terms.Time.GetTimestamp();
        return terms.StillMay(context);
    }

    /// <summary>Whether there are news, before a heartbeat or a look at the credential is due.</summary>
    async Task<bool> Came(Task news, CancellationToken ending)
    {
        var untilLook = terms.Options.LookAgain - terms.Time.GetElapsedTime(_looked);
        var wait = untilLook < terms.Options.Heartbeat ? untilLook : terms.Options.Heartbeat;
        if (wait > TimeSpan.Zero)
            await Pause.Until(news, wait, terms.Time, ending);
        return news.IsCompleted;
    }

    string Text(ChangeEvent change) =>
        $"id: {change.Cursor}\nevent: receipt\ndata: {JsonSerializer.Serialize(change, terms.Json)}\n\n";

    /// <summary>Without an id: whoever comes again goes on where it was.</summary>
    static string End(ProblemCode code) => $"event: end\ndata: {{\"code\":\"{code.Text}\"}}\n\n";

    static async Task Write(HttpContext context, string text) =>
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);

    static string Milliseconds(TimeSpan time) =>
        ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
