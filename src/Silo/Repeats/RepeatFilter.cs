using System.Collections.Immutable;
using ClearanceEngine.Contracts;
using ClearanceEngine.Repeats;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Repeats;

/// <summary>
/// Around the acts on a parcel: a request that comes again under the same <c>Idempotency-Key</c> is answered as the first was and acts
/// no second time. It stands behind <see cref="KnownParcelFilter"/>, so an answer is given again only to who may still see the parcel, and
/// before the audit trail, which has the act once.
/// </summary>
sealed class RepeatFilter(IGrainFactory grains, BodyReader bodies) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        if (!http.Request.Headers.ContainsKey(ContractHeaders.IdempotencyKey))
            return await next(context);
        if (RepeatKey.Of(http.Request) is not { } given)
            return RepeatProblems.KeyInvalid();
        var body = await bodies.Read(http.Request, ParcelOrders.BodyBytes);
        if (body.Refusal is not null)
            return body.Refusal;

        // The endpoint reads it once more.
        http.Request.Body = new MemoryStream(body.Bytes, writable: false);
        var (kept, key) = (
            grains.Grain<IRepeatsGrain>(RepeatKey.Grain(http.Caller())),
            RepeatKey.Hash(given)
        );
        var patience = RequestPatience.Of(http);
        patience.Renew();
        var reply = await patience.Ask(kept.Begin(key, RepeatKey.Request(http.Request, body.Bytes)));
        return reply.Verdict switch
        {
            RepeatVerdict.First => await Act(http, kept, key, () => next(context)),
            RepeatVerdict.Answered => Again(http, reply.Answer!),
            RepeatVerdict.InFlight => RepeatProblems.InFlight(http),
            RepeatVerdict.Unknown => RepeatProblems.Unknown(),
            _ => RepeatProblems.KeyReused(),
        };
    }

    static RenderedAnswer Again(HttpContext http, KeptAnswer answer)
    {
        http.Response.Headers[ContractHeaders.IdempotencyReplayed] = "true";
        return new RenderedAnswer(answer.Status, answer.ContentType, answer.Body.AsMemory());
    }

    static async Task<object?> Act(
        HttpContext http,
        IRepeatsGrain kept,
        string key,
        Func<ValueTask<object?>> act
    )
    {
        RenderedAnswer answer;
        try
        {
            answer = await RenderedAnswer.Of(await act(), http);
        }
        catch (Exception) when (!RequestPatience.Of(http).HasActed)
        {
            await kept.Forget(key).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        // The act is done whatever becomes of this; a repeat is then told that nobody knows.
        var end = IsFinal(answer.Status)
            ? kept.End(key, new KeptAnswer(answer.Status, answer.ContentType, [.. answer.Body.Span]))
            : kept.Forget(key);
        await RequestPatience.Of(http).Ask(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer;
    }

    /// <summary>What is told to come again is no answer to keep.</summary>
    static bool IsFinal(int status) =>
        status
            is < StatusCodes.Status500InternalServerError
                and not StatusCodes.Status408RequestTimeout
                and not StatusCodes.Status429TooManyRequests;
}
