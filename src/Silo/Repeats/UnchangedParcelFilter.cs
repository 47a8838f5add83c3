using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>
/// Before the acts on a parcel: who says by <c>If-Match</c> what it saw acts only while that is still so. It is looked at before the act
/// and not within it: what changes in between (a call of a grain) is not seen (ADR 035).
/// </summary>
sealed class UnchangedParcelFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        if (http.Request.Headers.IfMatch.Count == 0)
            return await next(context);

        // As it would be shown, by whatever shows it.
        var shown = await RenderedAnswer.Of(ParcelEndpoints.Show(http), http);
        http.Response.ContentType = null;
        return EntityTags.Holds(http.Request, EntityTags.Of(shown.Body))
            ? await next(context)
            : RepeatProblems.Changed();
    }
}
