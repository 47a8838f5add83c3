using System.Collections.Frozen;
using static ClearanceEngine.Parcels.ParcelStatus;

namespace ClearanceEngine.Parcels;

/// <summary>
/// The table of the parcel's life: which state may follow which, and which documents are legal in which state.
/// What is not listed does not happen: a receipt that would need it is doubt, and customs is asked; a document gets an
/// explicit refusal.
/// </summary>
public static class ParcelTable
{
    /// <summary>States before the list is on its way: documents may come, change and go.</summary>
    static readonly FrozenSet<ParcelStatus> Open = FrozenSet.Create(
        Staged,
        Collecting,
        Matched,
        Reserved,
        Rejected
    );

    static readonly FrozenDictionary<ParcelStatus, ParcelStatus[]> Edges = new Dictionary<
        ParcelStatus,
        ParcelStatus[]
    >
    {
        [Staged] = [Collecting, Matched, Rejected],
        [Collecting] = [Staged, Matched, Rejected],
        [Matched] = [Staged, Collecting, Reserved, Rejected],
        [Reserved] = [Staged, Collecting, Matched, Declared, Rejected],
        [Declared] = [AtCustoms, Inspected, Detained, Released, ReturnedAbroad, Closed, Rejected],
        [AtCustoms] = [Inspected, Detained, Released, ReturnedAbroad, Closed, Rejected],
        [Inspected] = [AtCustoms, Detained, Released, ReturnedAbroad, Closed, Rejected],
        [Detained] = [AtCustoms, Inspected, Released, ReturnedAbroad, Closed, Rejected],
        // Customs has the last word: a list that it refused and then released is released.
        [Rejected] = [Staged, Collecting, Matched, Released],
        [Released] = [Departed, Closed, CancelRequested],
        [Departed] = [Closed, ReturnRequested],
        [Closed] = [Departed, ReturnRequested],
        // Customs may close the list meanwhile: that is where a refused request leads back to.
        [CancelRequested] = [Cancelled, Released, Closed],
        [Cancelled] = [],
        [ReturnRequested] = [Returned, PartlyReturned, Departed, Closed],
        [PartlyReturned] = [ReturnRequested, Closed],
        [Returned] = [],
        [ReturnedAbroad] = [],
    }.ToFrozenDictionary();

    /// <summary>True along a listed edge.</summary>
    public static bool Allows(ParcelStatus from, ParcelStatus to) => Array.IndexOf(Edges[from], to) >= 0;

    /// <summary>True before the list is on its way.</summary>
    public static bool IsOpen(ParcelStatus status) => Open.Contains(status);

    /// <summary>True when nothing more is expected of customs for the list itself.</summary>
    public static bool IsDecided(ParcelStatus status) =>
        status
            is Released
                or Departed
                or Closed
                or Cancelled
                or Returned
                or PartlyReturned
                or ReturnedAbroad
                or Rejected;

    /// <summary>Why a document of this kind is not legal now; null when it is.</summary>
    public static Problem? Refuse(ParcelStatus status, DocumentType type, bool isNew)
    {
        switch (type)
        {
            case DocumentType.Order
            or DocumentType.Payment
            or DocumentType.Waybill
            or DocumentType.DeclarationList:
                if (IsOpen(status) || isNew)
                    return null; // new after declaration: a question, answered as a duplicate
                return new Problem(
                    ProblemCode.AlreadyDeclared,
                    type,
                    null,
                    "appType",
                    $"清单已申报（状态 {status}），不允许变更或删除{type.Chinese()}。The list is declared (state {status}); the document can no longer be changed or deleted."
                );
            case DocumentType.InboundNote or DocumentType.WaybillStatus:
                return status is Cancelled or Returned or ReturnedAbroad
                    ? Wrong("运单状态或入库明细", "This document")
                    : null;
            case DocumentType.Cancellation:
                return status is Released
                    ? null
                    : Wrong(
                        "撤销单（仅放行且未离区/离场时可撤销）",
                        "A cancellation (only while released and not yet left)"
                    );
            case DocumentType.Return:
                return status is Departed or Closed or PartlyReturned
                    ? null
                    : Wrong(
                        "退货单（仅放行且已离区/离场后可退货；离区/离场由场所登记：POST /api/v1/parcels/{ebpCode}/{orderNo}/departed）",
                        "A return (only after the goods were released and have left, which their site registers by POST /api/v1/parcels/{ebpCode}/{orderNo}/departed)"
                    );
            default:
                return null;
        }

        Problem Wrong(string chinese, string english) =>
            new(
                ProblemCode.WrongState,
                type,
                null,
                null,
                $"当前状态 {status} 不允许{chinese}。{english} is not legal in state {status}."
            );
    }
}
