using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Parcels;

/// <summary>
/// Cancellation and return speak of the list of this parcel and of nothing else (guide 七.5, 七.6; 45号): company, buyer,
/// waybill, numbers and goods are those of the list, and a return comes in time.
/// </summary>
sealed partial class ParcelStep
{
    /// <summary>Head fields that must say what the list's field of the same name says.</summary>
    static readonly string[] SharedWithList = ["agentCode", "ebcCode", "logisticsCode", "logisticsNo"];

    /// <summary>Fields of a list's line, and of a return's, that say what the goods are.</summary>
    static readonly (CebField Listed, CebField Returned)[] GoodsFields =
    [
        (InventoryList.Gname, InvtRefundList.Gname),
        (InventoryList.Unit, InvtRefundList.Unit),
    ];

    ImmutableArray<Problem> FollowUpProblems(Submission submission)
    {
        if (!IsFollowUp(submission.Type))
            return [];
        var problems = ComparedWithList(submission);
        // Told field by field, whoever knows an order number could try out who its buyer is (ADR 028).
        var isTold = problems.IsEmpty || ParcelParties.HearsOfList(State, submission.Owner);
        return isTold ? problems : [NoListOf(submission.Type)];
    }

    static bool IsFollowUp(DocumentType type) => type is DocumentType.Cancellation or DocumentType.Return;

    /// <summary>All that a stranger to the list hears, whatever differs, and whether or not there is a list.</summary>
    static Problem NoListOf(DocumentType type) =>
        new(
            ProblemCode.ListNotFound,
            type,
            null,
            null,
            $"没有与这份{type.Chinese()}相符的清单，请核对订单编号、清单编号及各项内容，或由清单的申报企业或电商企业报送。No list is here that this {type.Name()} fits; check its orderNo, invtNo and all else, or have the declarant or the merchant of the list send it."
        );

    ImmutableArray<Problem> ComparedWithList(Submission submission)
    {
        if (NotThisList(submission) is { } other)
            return [other];
        var list = State.Live(DocumentType.DeclarationList)!;
        return
        [
            .. DiffersFromList(submission, list),
            .. IsReturnOfDeclarant(submission, list) ? ReturnProblems(submission.Document, list) : [],
        ];
    }

    /// <summary>Another would learn from them what the list has.</summary>
    static bool IsReturnOfDeclarant(Submission submission, CebDocument list) =>
        submission.Type == DocumentType.Return
        && Text(submission.Document, "agentCode") == list[InventoryHead.AgentCode];

    Problem? NotThisList(Submission submission)
    {
        var invtNo = Text(submission.Document, "invtNo");
        return State.InvtNo is not null && invtNo == State.InvtNo
            ? null
            : Problem.Naming(
                [invtNo],
                ProblemCode.ListNotFound,
                submission.Type,
                "invtNo",
                $"清单编号 {invtNo}（invtNo）不是本单清单的编号，请核对。invtNo {invtNo} is not that of this parcel's list; check it."
            );
    }

    IEnumerable<Problem> DiffersFromList(Submission submission, CebDocument list)
    {
        var document = submission.Document;
        foreach (var name in SharedWithList)
        {
            if (Text(document, name) != Text(list, name))
                yield return DiffersFromList(submission.Type, name);
        }
        var buyer = ResidentId.Normalise(Text(document, "buyerIdNumber"));
        if (buyer != ResidentId.Normalise(Text(list, "buyerIdNumber")))
            yield return DiffersFromList(submission.Type, "buyerIdNumber");
        var lookAlike = rules.CustomsPort.LookAlikeNames;
        if (!PersonNames.Same(Text(document, "buyerName"), Text(list, "buyerName"), lookAlike))
            yield return DiffersFromList(submission.Type, "buyerName");
        if (rules.CustomsPort.FollowUpsNameListCopNo && Text(document, "copNo") != Text(list, "copNo"))
            yield return DiffersFromList(submission.Type, "copNo");
        if (Text(document, "preNo") is { Length: > 0 } preNo && preNo != State.PreNo)
            yield return DiffersFromList(submission.Type, "preNo");
    }

    /// <summary>What the list says is its declarant's and is not told.</summary>
    static Problem DiffersFromList(DocumentType type, string field) =>
        new(
            ProblemCode.DiffersFromList,
            type,
            null,
            field,
            $"{type.Chinese()}的{type.Descriptor().LabelOf(field)}（{field}）与清单不一致，请更正。{field} of the {type.Name()} is not that of the list; correct it."
        );

    IEnumerable<Problem> ReturnProblems(CebDocument document, CebDocument list)
    {
        if (LateReturn() is { } late)
            yield return late;
        var returned = State.ReturnedQuantities;
        for (var i = 0; i < document.LineCount; i++)
        {
            var line = LineOf(list, document[i, InvtRefundList.Gnum]);
            if (ReturnedGoods(document, i, list, line) is { } wrong)
            {
                yield return wrong;
                continue;
            }
            // Several lines of one return may speak of the same line of the list.
            var quantity = CebAmount.Of(document[i, InvtRefundList.Qty]);
            returned = returned.SetItem(line, returned.GetValueOrDefault(line) + quantity);
            var whole = CebAmount.Of(list[line, InventoryList.Qty]);
            if (returned[line] > whole)
                yield return ReturnProblem(
                    ProblemCode.ReturnedTooMuch,
                    i,
                    "qty",
                    $"累计退货数量 {returned[line]} 超过原清单数量 {whole}",
                    $"returns {returned[line]} in all, more than the list has ({whole})"
                );
        }
    }

    static Problem? ReturnedGoods(CebDocument document, int i, CebDocument list, int line)
    {
        var number = document[i, InvtRefundList.Gnum];
        if (line < 0 || list[line, InventoryList.Gcode] != document[i, InvtRefundList.Gcode])
            return ReturnProblem(
                ProblemCode.LineNotFound,
                i,
                "gnum",
                $"原清单没有序号 {number}、商品编码 {document[i, InvtRefundList.Gcode]} 的行",
                $"names gnum {number} with gcode {document[i, InvtRefundList.Gcode]}, which the list has not"
            );
        foreach (var (listed, returned) in GoodsFields)
        {
            if (list[line, listed] != document[i, returned])
                return ReturnProblem(
                    ProblemCode.ReturnedGoodsDiffer,
                    i,
                    returned.Name,
                    $"{returned.Label}（{returned.Name}）与原清单不一致",
                    $"has another {returned.Name} than the list"
                );
        }
        return CebAmount.Of(document[i, InvtRefundList.Qty]) > 0
            ? null
            : ReturnProblem(
                ProblemCode.ReturnedNothing,
                i,
                "qty",
                "退货数量（qty）须大于 0",
                "returns nothing; qty must be more than 0"
            );
    }

    static Problem ReturnProblem(ProblemCode code, int line, string field, string chinese, string english) =>
        new(
            code,
            DocumentType.Return,
            line + 1,
            field,
            $"退货单第 {line + 1} 行{chinese}，请更正。Line {line + 1} of the return {english}; correct it."
        );

    /// <summary>45号: to be applied for within 30 days of the list's release.</summary>
    Problem? LateReturn()
    {
        if (!rules.CustomsPort.ReturnPeriods || State.ReleasedAt is not { } released)
            return null;
        var days = rules.CustomsPort.ReturnAppliedWithinDays;
        if (now <= released.AddDays(days))
            return null;
        return new Problem(
            ProblemCode.ReturnTooLate,
            DocumentType.Return,
            null,
            null,
            $"清单于 {CebTime.Format(released)} 放行，退货须在放行之日起 {days} 日内申请，已逾期。The list was released at {CebTime.Format(released)} (Beijing); a return is to be applied for within {days} days of that, which are over."
        );
    }

    /// <summary>45号: the goods are to be back within 45 days of the release; past that, somebody must look after it.</summary>
    void RemarkOverdueReturn()
    {
        var isRemarked = State.Problems.Any(p => p.Code == ProblemCode.ReturnOverdue);
        var days = rules.CustomsPort.ReturnedWithinDays;
        if (State.Status != ParcelStatus.ReturnRequested || State.ReleasedAt is not { } released)
        {
            if (isRemarked)
                Change().Problems = State.Problems.RemoveAll(p => p.Code == ProblemCode.ReturnOverdue);
            return;
        }
        if (isRemarked || !rules.CustomsPort.ReturnPeriods || now <= released.AddDays(days))
            return;
        var problem = new Problem(
            ProblemCode.ReturnOverdue,
            DocumentType.Return,
            null,
            null,
            $"清单于 {CebTime.Format(released)} 放行，退货应在放行之日起 {days} 日内运回，尚无海关办结回执，请联系海关。The list was released at {CebTime.Format(released)} (Beijing) and the goods are to be back within {days} days of that; customs has not ended the return yet. Ask customs."
        );
        Change().Problems = [.. State.Problems, problem];
        Enter(ProblemCode.ReturnOverdue, $"退货逾期未办结 return not ended within {days} days of release");
    }

    static int LineOf(CebDocument list, string? gnum)
    {
        for (var i = 0; i < list.LineCount; i++)
        {
            if (list[i, InventoryList.Gnum]?.TrimStart('0') == gnum?.TrimStart('0'))
                return i;
        }
        return -1;
    }
}
