using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// Whoever asks while a part is away is told so in bounded time, with its name and when to come again, instead of an error of the
/// engine's own. Messages need no filter: once Kafka has one, it is accepted, whatever else is away. Each call has its bound where it is
/// made (<see cref="RequestPatience"/>), and the handler is waited for to its end.
/// </summary>
sealed class PartAwayFilter(IPartWatch parts, DoorOptions door, TimeProvider time) : IEndpointFilter
{
    /// <summary>For finding out which part it was that did not answer.</summary>
    static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(1);

    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        var patience = new RequestPatience(door, time, http.RequestAborted);
        http.Features.Set(patience);
        try
        {
            return await next(context);
        }
        catch (Exception e) when (parts.Away(e) is { } away)
        {
            var part = e is TimeoutException && await IsDatabaseAway() ? PartWatch.Database : away.Part;
            return DoorProblems.PartAway(http, part, patience.HasActed);
        }
    }

    /// <summary>A request that is not answered tells not who kept it waiting; a grain waits for the database most of all.</summary>
    async Task<bool> IsDatabaseAway()
    {
        using var patience = new CancellationTokenSource(ProbePatience, time);
        try
        {
            await parts.Probe(PartWatch.Database, patience.Token).WaitAsync(ProbePatience, time);
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }
}
