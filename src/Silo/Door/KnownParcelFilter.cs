using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using ClearanceEngine.Contracts;
using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Access;
using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Door;

/// <summary>A parcel that is there for the caller.</summary>
/// <param name="Grain">For acts on it.</param>
/// <param name="EbpCode">Its platform; the grain may have parcels of others, too.</param>
/// <param name="Audience">For whom it is shown.</param>
/// <param name="View">As it is shown.</param>
sealed record KnownParcel(IParcelGrain Grain, string EbpCode, Audience Audience, ParcelView View)
{
    /// <summary>As it is after an act.</summary>
    public Task<ParcelView?> Show(RequestPatience patience) => patience.Ask(Grain.Show(EbpCode, Audience));

    /// <summary>As the audit trail names it.</summary>
    public AuditSubject Subject => AuditSubject.Parcel(EbpCode, View.OrderNo);
}

/// <summary>
/// Before whatever lies under <c>/api/v1/parcels/{ebpCode}/{orderNo}</c>: a parcel that is not there, or not for the caller, is answered 404. No
/// grain is woken for what is not stored; for whom a stored one is, only its grain knows. An act that is added later cannot forget to ask.
/// </summary>
sealed class KnownParcelFilter(KnownGrains known) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        var (ebpCode, orderNo) = (Text(http, ParameterNames.Platform), Text(http, ParameterNames.Order));
        var audience = http.Caller().AudienceOf(Right.ReadParcels);
        var patience = RequestPatience.Of(http);
        if (
            await patience.Ask(known.Parcel(ebpCode, orderNo, http.RequestAborted)) is not { } parcel
            || await patience.Ask(parcel.Show(ebpCode, audience)) is not { } view
        )
            return DoorProblems.NoParcel(ebpCode, orderNo);

        http.Features.Set(new KnownParcel(parcel, ebpCode, audience, view));
        return await next(context);
    }

    /// <summary>The parcel that the filter found.</summary>
    public static KnownParcel Of(HttpContext context) => context.Features.GetRequiredFeature<KnownParcel>();

    static string Text(HttpContext context, string name) => (string)context.GetRouteValue(name)!;
}
