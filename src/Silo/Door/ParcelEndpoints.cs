using System.Collections.Frozen;
using ClearanceEngine.Access;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Audit;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Door;

/// <summary>A parcel by its order number or by a document of it: shown, asked about, left.</summary>
static class ParcelEndpoints
{
    static readonly FrozenSet<string> Asked = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ParameterNames.Waybill,
        ParameterNames.Payment,
        ParameterNames.List,
        ParameterNames.Company
    );

    public static IResult Show(HttpContext context) => Results.Json(KnownParcelFilter.Of(context).View);

    public static async Task<IResult> Ask(HttpContext context)
    {
        var (parcel, patience) = (KnownParcelFilter.Of(context), RequestPatience.Of(context));
        await patience.Ask(AuditedAct.Of(context).Begin(parcel.Subject));
        return Results.Json(new AskResponse(await patience.Act(parcel.Grain.Ask(parcel.EbpCode))));
    }

    public static async Task<IResult> Leave(HttpContext context, TimeProvider time)
    {
        var (parcel, patience) = (KnownParcelFilter.Of(context), RequestPatience.Of(context));
        await patience.Ask(AuditedAct.Of(context).Begin(parcel.Subject));

        // A site says so of what lies with it, and not of whatever it has sent a document to.
        var audience = context.Caller().AudienceOf(Right.DepartGoods);
        if (!await patience.Ask(parcel.Grain.IsParty(parcel.EbpCode, audience)))
            return DoorProblems.NoParcel(parcel.EbpCode, parcel.View.OrderNo);

        return await patience.Act(parcel.Grain.Depart(parcel.EbpCode, time.GetUtcNow())) is { } refusal
            ? DoorProblems.Problem(StatusCodes.Status409Conflict, refusal.Code, refusal.Text)
            : Results.Json(await parcel.Show(patience));
    }

    public static async Task<IResult> Find(
        HttpRequest request,
        IDocumentIndex index,
        KnownGrains known,
        CancellationToken aborted
    )
    {
        var query = request.Query;
        if (query.Where(q => !Asked.Contains(q.Key)).Select(q => q.Key).FirstOrDefault() is { } stranger)
            return Incomplete($"没有参数 {Clip.Quote(stranger)}。", $"There is no {Clip.Quote(stranger)}. ");
        if (query.Where(q => q.Value.Count > 1).Select(q => q.Key).FirstOrDefault() is { } repeated)
            return Incomplete($"参数 {repeated} 重复。", $"{repeated} is given more than once. ");
        if (
            Names(
                Text(query, ParameterNames.Waybill),
                Text(query, ParameterNames.Payment),
                Text(query, ParameterNames.List),
                Text(query, ParameterNames.Company)
            )
            is not { } names
        )
            return Incomplete("", "");
        if (query.Any(q => !KnownGrains.IsNumber(q.Value.ToString())))
            return DoorProblems.NoParcel();

        var patience = RequestPatience.Of(request.HttpContext);
        var audience = request.HttpContext.Caller().AudienceOf(Right.ReadParcels);
        var found = await patience.Ask(index.Find(names, fresh: false, aborted));
        var key = names.SelectMany(n => found.GetValueOrDefault(n, [])).FirstOrDefault();
        return
            key is not null
            && await patience.Ask(known.Parcel(key, aborted)) is { } parcel
            && await patience.Ask(parcel.Find([.. names], audience)) is { } view
            ? Results.Json(view)
            : DoorProblems.NoParcel();
    }

    static string? Text(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var value) ? value.ToString() : null;

    static IResult Incomplete(string chinese, string english) =>
        DoorProblems.Malformed(
            ProblemCode.QueryIncomplete,
            $"{chinese}请给出 waybill、payment 或 list 之一及企业代码 company，各一次。{english}Give one of waybill, payment or list, and company (a list's invtNo or preNo goes without), each once."
        );

    /// <summary>The names by which the index may know what is asked for; null when too little or too much is given.</summary>
    static string[]? Names(string? waybill, string? payment, string? list, string? company) =>
        (waybill, payment, list, company) switch
        {
            ({ Length: > 0 }, null, null, { Length: > 0 }) => [IndexKey.Waybill(company, waybill)],
            (null, { Length: > 0 }, null, { Length: > 0 }) => [IndexKey.Payment(company, payment)],
            (null, null, { Length: > 0 }, { Length: > 0 }) =>
            [
                IndexKey.ListCopNo(company, list),
                IndexKey.InvtNo(list),
                IndexKey.PreNo(list),
            ],
            (null, null, { Length: > 0 }, null) => [IndexKey.InvtNo(list), IndexKey.PreNo(list)],
            _ => null,
        };
}
