using System.Net;
using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ClearanceEngine.Silo.Audit;

/// <summary>
/// Around every endpoint whose right is audited. The endpoint begins the act as soon as it knows what is asked; one that answers
/// well without having begun is a fault of ours and is not answered.
/// </summary>
sealed partial class AuditFilter(
    AuditTrail trail,
    DoorOptions door,
    TimeProvider time,
    ILogger<AuditFilter> logger
) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        var act = new AuditedAct(
            entry => trail.Add(entry),
            http.Caller(),
            RightOf(http),
            AddressOf(http),
            time
        );
        http.Features.Set(act);

        var result = await Do(act, context, next);
        var outcome = OutcomeOf(result);
        if (outcome == AuditOutcome.Done && !act.HasBegun)
            throw new InvalidOperationException("An audited act was done that had not been written down.");

        await End(act, outcome, (result as ProblemHttpResult)?.ProblemDetails.Title);
        return result;
    }

    async ValueTask<object?> Do(
        AuditedAct act,
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        try
        {
            return await next(context);
        }
        catch (Exception)
        {
            await End(act, AuditOutcome.Failed, null);
            throw;
        }
    }

    /// <summary>Whatever keeps the end of an act from the trail, its caller hears what became of it: that it was asked for, the trail has.</summary>
    async Task End(AuditedAct act, AuditOutcome outcome, string? code)
    {
        try
        {
            await act.End(outcome, code).WaitAsync(door.Timeout, time);
        }
        catch (Exception e)
        {
            LogEndIsLost(logger, e);
        }
    }

    static Right RightOf(HttpContext context) =>
        context.GetEndpoint()!.Metadata.GetRequiredMetadata<RightRequirement>().Right;

    /// <summary>Whole, where limits by client go by the network.</summary>
    public static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    static AuditOutcome OutcomeOf(object? result)
    {
        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        return status switch
        {
            < 400 => AuditOutcome.Done,
            < 500 => AuditOutcome.Refused,
            _ => AuditOutcome.Failed,
        };
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "What became of an act was not written to the audit trail in time; that it was asked for, it has."
    )]
    static partial void LogEndIsLost(ILogger logger, Exception error);
}
