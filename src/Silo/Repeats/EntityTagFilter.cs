using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;
using Microsoft.Net.Http.Headers;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>
/// Around what is asked again and again: an answer has a tag, and whoever has it already is told so in place of it. It is looked up all
/// the same, so a change is never missed; what is saved is its way.
/// </summary>
sealed class EntityTagFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var (http, response) = (context.HttpContext, context.HttpContext.Response);
        var result = await next(context);
        // What a person saw is not to lie on a machine that others use, or that is lost.
        response.Headers[HeaderNames.CacheControl] =
            http.Caller().Kind == CallerKind.Person ? "no-store" : "private, no-cache";
        response.Headers[HeaderNames.Vary] = $"{HeaderNames.Authorization}, {HeaderNames.Cookie}";
        if (result is IStatusCodeHttpResult { StatusCode: not (null or StatusCodes.Status200OK) })
            return result;

        var answer = await RenderedAnswer.Of(result, http);
        var tag = EntityTags.Of(answer.Body);
        response.Headers[HeaderNames.ETag] = tag.ToString();
        return EntityTags.IsKnown(http.Request, tag)
            ? new RenderedAnswer(StatusCodes.Status304NotModified, null, default)
            : answer;
    }
}
