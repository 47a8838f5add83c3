using ClearanceEngine.Access;
using ClearanceEngine.Silo.Access;

namespace ClearanceEngine.Silo.Door;

/// <summary>
/// A parcel that is another's is answered like one that is not there, in the time, too: its grain is woken before it says so, and
/// a clock would tell that something is stored under the order number (ADR 029).
/// </summary>
sealed class EvenAnswerFilter(DoorOptions door, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var began = time.GetTimestamp();
        var result = await next(context);

        if (!IsNotFound(result))
            return result;
        var http = context.HttpContext;
        if (http.Caller().ReachOf(Right.ReadParcels) == Reach.All)
            return result;

        await Task.Delay(Rest(time.GetElapsedTime(began)), time, http.RequestAborted);
        return result;
    }

    static bool IsNotFound(object? result) =>
        result is IStatusCodeHttpResult { StatusCode: StatusCodes.Status404NotFound };

    /// <summary>Up to the next full step, however slow the store is today.</summary>
    TimeSpan Rest(TimeSpan taken)
    {
        var step = door.NotFoundTime.Ticks;
        return step == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(step - taken.Ticks % step);
    }
}
