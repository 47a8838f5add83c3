using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>An answer as the bytes that its caller gets, before they are sent: to be compared, kept, and given again.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Of the body; null without one.</param>
/// <param name="Body">Its bytes.</param>
sealed record RenderedAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body)
    : IResult,
        IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <summary>What an endpoint's result would send. Headers that it sets stay on the response.</summary>
    public static async Task<RenderedAnswer> Of(object? result, HttpContext context)
    {
        if (result is RenderedAnswer rendered)
            return rendered;

        var response = context.Response;
        var sent = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var body = new MemoryStream();
        response.Body = body;
        try
        {
            await ((IResult)result!).ExecuteAsync(context);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Features.Set(sent);
        }
        return new RenderedAnswer(response.StatusCode, response.ContentType, body.ToArray());
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        (response.StatusCode, response.ContentType) = (Status, ContentType);
        if (Body.IsEmpty)
            return;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }
}
