using ClearanceEngine.Parcels;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Silo.Door;

/// <summary>A parcel by its order number or by a document of it: shown, asked about, left.</summary>
static class ParcelEndpoints
{
    public static async Task<IResult> Show(
        string ebpCode,
        string orderNo,
        KnownGrains known,
        CancellationToken aborted
    ) =>
        await known.Parcel(ebpCode, orderNo, aborted) is { } parcel && await parcel.Show() is { } view
            ? Results.Json(view)
            : DoorProblems.NoParcel(ebpCode, orderNo);

    public static async Task<IResult> Ask(
        string ebpCode,
        string orderNo,
        KnownGrains known,
        CancellationToken aborted
    ) =>
        await known.Parcel(ebpCode, orderNo, aborted) is { } parcel
            ? Results.Json(new { asked = await parcel.Ask() })
            : DoorProblems.NoParcel(ebpCode, orderNo);

    public static async Task<IResult> Leave(
        string ebpCode,
        string orderNo,
        KnownGrains known,
        TimeProvider time,
        CancellationToken aborted
    )
    {
        var parcel = await known.Parcel(ebpCode, orderNo, aborted);
        if (parcel is null || await parcel.Show() is null)
            return DoorProblems.NoParcel(ebpCode, orderNo);

        return await parcel.Leave(time.GetUtcNow()) is { } refusal
            ? Results.Problem(refusal.Text, statusCode: StatusCodes.Status409Conflict, title: refusal.Code)
            : Results.Json(await parcel.Show());
    }

    public static async Task<IResult> Find(
        string? waybill,
        string? payment,
        string? list,
        string? company,
        IDocumentIndex index,
        KnownGrains known,
        CancellationToken aborted
    )
    {
        if (Names(waybill, payment, list, company) is not { } names)
            return Results.Problem(
                "请给出 waybill、payment 或 list 之一及企业代码 company。Give one of waybill, payment or list, and company (a list's invtNo or preNo goes without).",
                statusCode: StatusCodes.Status400BadRequest,
                title: "query-incomplete"
            );
        if (
            !KnownGrains.IsNumber(waybill ?? payment ?? list!)
            || !(company is null || KnownGrains.IsNumber(company))
        )
            return DoorProblems.NoParcel();

        var found = await index.Find(names, fresh: false, aborted);
        var key = names.SelectMany(n => found.GetValueOrDefault(n, [])).FirstOrDefault();
        return
            key is not null
            && await known.Parcel(key, aborted) is { } parcel
            && await parcel.Show() is { } view
            ? Results.Json(view)
            : DoorProblems.NoParcel();
    }

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
