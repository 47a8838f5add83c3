using System.Collections.Frozen;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;

namespace ClearanceEngine.Rules;

/// <summary>
/// Numbers of orders, waybills, payments and declarations. They are made of dates and serials, and so are those of people:
/// a business number is known by its field and stays whole, however much it looks like a person's.
/// </summary>
public static class BusinessNumbers
{
    static readonly FrozenSet<string> Names = new[]
    {
        "orderNo",
        "logisticsNo",
        "payTransactionId",
        "copNo",
        "preNo",
        "invtNo",
        "billNo",
        "rkdNo",
        "taxNo",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the field holds one.</summary>
    public static bool IsIn(CebField field) => Names.Contains(field.Name);

    /// <summary>Those of a document or receipt, its lines' too.</summary>
    public static IEnumerable<string> Of(CebDocument document)
    {
        foreach (var field in document.Schema.Head.Fields.Where(IsIn))
        {
            if (document[field] is { Length: > 0 } number)
                yield return number;
        }
        foreach (var field in document.Schema.Line?.Fields.Where(IsIn) ?? [])
        {
            for (var line = 0; line < document.LineCount; line++)
            {
                if (document[line, field] is { Length: > 0 } number)
                    yield return number;
            }
        }
    }

    /// <summary>Those of a parcel: its order's number, those of its documents, and those that customs gave.</summary>
    public static IEnumerable<string> Of(ParcelState parcel)
    {
        yield return parcel.OrderNo;
        foreach (var number in parcel.Documents.SelectMany(kept => Of(kept.Document)))
            yield return number;
        foreach (var number in parcel.Receipts.SelectMany(kept => Of(kept.Receipt)))
            yield return number;
        if (parcel.PreNo is { } preNo)
            yield return preNo;
        if (parcel.InvtNo is { } invtNo)
            yield return invtNo;
    }
}
