using ClearanceEngine.Ceb;

namespace ClearanceEngine.Rules;

/// <summary>What a list takes of its buyer's quota, and whether one transaction may be that large.</summary>
/// <param name="AmountFen">Σ line totals + freight + insurance, in fen: counted toward the year and compared with the single limit.</param>
/// <param name="OverSingle">True when it is over the single limit.</param>
/// <param name="OneItem">True when the one-item case lets it in all the same, with the tax in full (财关税〔2018〕49号).</param>
public readonly record struct TransactionJudgement(long AmountFen, bool OverSingle, bool OneItem)
{
    /// <summary>False: more than one item over the single limit may not enter by this channel.</summary>
    public bool Allowed => !OverSingle || OneItem;
}

/// <summary>The single-transaction rule.</summary>
public static class TransactionRule
{
    /// <summary>Judges a list by the single limit in force.</summary>
    public static TransactionJudgement Judge(CebDocument list, long singleLimitFen)
    {
        var total = CebAmount.Of(list[InventoryHead.Freight]) + CebAmount.Of(list[InventoryHead.InsuredFee]);
        for (var i = 0; i < list.LineCount; i++)
            total += CebAmount.Of(list[i, InventoryList.TotalPrice]);
        var fen = CebAmount.ToFen(total);
        var oneItem = list.LineCount == 1 && CebAmount.Of(list[0, InventoryList.Qty]) == 1m;
        return new TransactionJudgement(fen, fen > singleLimitFen, fen > singleLimitFen && oneItem);
    }
}
