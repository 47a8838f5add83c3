using System.Collections.Immutable;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Which of several documents of a type counts (ADR 018): the one that order or list names; where nothing names one, the
/// single one. Two that nobody names are a problem, and none of them is bound until somebody names it or deletes the other.
/// </summary>
static class Binding
{
    /// <summary>The bound document of a type; the newest deleted one where there is no other; null while several are open.</summary>
    public static ParcelDocument? Of(ParcelState parcel, DocumentType type)
    {
        // News of a waybill count if it does, however few there are.
        if (type == DocumentType.WaybillStatus)
            return StatusOfBound(parcel);
        ParcelDocument? single = null;
        ParcelDocument? deleted = null;
        foreach (var kept in parcel.Documents)
        {
            if (kept.Type != type)
                continue;
            if (!kept.IsDeleted)
            {
                if (single is not null)
                    return Named(parcel, type);
                single = kept;
            }
            else if (deleted is null || kept.Revision > deleted.Revision)
                deleted = kept;
        }
        return single ?? deleted;
    }

    /// <summary>Several are here and nothing says which of them it is.</summary>
    public static bool IsOpen(ParcelState parcel, DocumentType type)
    {
        if (Of(parcel, type) is not null)
            return false;
        foreach (var kept in parcel.Documents)
        {
            if (kept.Type == type)
                return true;
        }
        return false;
    }

    /// <summary>What its sender is told while several are here and none is named: nothing of what another has sent.</summary>
    public static IEnumerable<Problem> Problems(ParcelState parcel)
    {
        if (IsOpen(parcel, DocumentType.Payment))
            yield return new Problem(
                ProblemCode.SeveralPayments,
                DocumentType.Payment,
                null,
                "payTransactionId",
                "本单有多份支付单，订单未指明（payTransactionId）以哪一份为准，请在订单中填写支付交易编号，或删除多余的支付单。This parcel has several payments and its order names none of them (payTransactionId); name one in the order, or delete the others."
            );
        if (IsOpen(parcel, DocumentType.Waybill))
            yield return new Problem(
                ProblemCode.SeveralWaybills,
                DocumentType.Waybill,
                null,
                "logisticsNo",
                "本单有多份运单，清单和订单未指明（logisticsNo）以哪一份为准，请在清单或订单中填写物流运单编号，或删除多余的运单。This parcel has several waybills and neither list nor order names one of them (logisticsNo); name one, or delete the others."
            );
        foreach (var problem in OfAnotherParcel(parcel))
            yield return problem;
    }

    /// <summary>A waybill number is one parcel's; which one, the waybill says by the order that it names.</summary>
    static IEnumerable<Problem> OfAnotherParcel(ParcelState parcel)
    {
        foreach (var key in parcel.Elsewhere)
        {
            if (parcel[key] is not null)
                yield return Problem.Naming(
                    [key.Number],
                    ProblemCode.WaybillNumberUsed,
                    DocumentType.Waybill,
                    "logisticsNo",
                    $"运单号 {key.Number}（logisticsNo）已用于另一已申报的订单，请更换运单号，或更正运单的订单编号。Waybill number {key.Number} (logisticsNo) is used by another order whose list is declared; use another number, or correct the order that the waybill names."
                );
            else if (ParcelNames.ListedWaybill(parcel) == key)
                yield return Problem.Naming(
                    [key.Number],
                    ProblemCode.WaybillOfAnotherOrder,
                    DocumentType.DeclarationList,
                    "logisticsNo",
                    $"清单所列运单 {key.Number}（logisticsNo）已属其他订单（订单编号或电商平台不同），请更正清单，或请物流企业更正运单的订单编号。The list's waybill {key.Number} (logisticsNo) is another order's, of another number or another platform; correct the list, or have the carrier correct the waybill's orderNo."
                );
        }
    }

    static ParcelDocument? Named(ParcelState parcel, DocumentType type)
    {
        ImmutableArray<ParcelDocument> live =
        [
            .. parcel.Documents.Where(kept => kept.Type == type && !kept.IsDeleted),
        ];
        return type switch
        {
            DocumentType.Payment => NamedByOrder(parcel, live, OrderHead.PayCode, OrderHead.PayTransactionId),
            DocumentType.Waybill => NamedWaybill(parcel, live),
            _ => null,
        };
    }

    /// <summary>The list has the last word; the order speaks as long as there is no list, or the list's is not here.</summary>
    static ParcelDocument? NamedWaybill(ParcelState parcel, ImmutableArray<ParcelDocument> live)
    {
        var listed = ParcelNames.ListedWaybill(parcel);
        return live.FirstOrDefault(kept => kept.Key == listed)
            ?? NamedByOrder(parcel, live, OrderHead.LogisticsCode, OrderHead.LogisticsNo);
    }

    /// <summary>The only one that has the number, the company, or both, as far as the order gives them.</summary>
    static ParcelDocument? NamedByOrder(
        ParcelState parcel,
        ImmutableArray<ParcelDocument> live,
        CebField issuer,
        CebField number
    )
    {
        if (parcel.Live(DocumentType.Order) is not { } order)
            return null;
        var named = live.Where(kept =>
                Agrees(order[issuer], kept.Key.Issuer) && Agrees(order[number], kept.Key.Number)
            )
            .Take(2)
            .ToArray();
        return named.Length == 1 ? named[0] : null;
    }

    static ParcelDocument? StatusOfBound(ParcelState parcel) =>
        Of(parcel, DocumentType.Waybill) is { } waybill ? parcel[ParcelViews.StatusOf(waybill.Key)] : null;

    static bool Agrees(string? named, string has) => string.IsNullOrEmpty(named) || named == has;
}
