using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Receipts;

/// <summary>The words of a receipt on its way to a participant.</summary>
public static class ReceiptText
{
    static readonly string[] Words = ["returnInfo", "note"];

    /// <summary>
    /// The receipt with id numbers masked in what customs wrote for people; who declared the person knows the number. The
    /// numbers of the parcel and those that the receipt echoes stay whole: without them nobody finds what is meant.
    /// </summary>
    /// <param name="receipt">As customs sent it.</param>
    /// <param name="orderNo">Of its parcel.</param>
    public static CebDocument Masked(CebDocument receipt, string? orderNo)
    {
        var numbers = Numbers(receipt, orderNo);
        foreach (var name in Words)
        {
            if (receipt.Schema.Head.Find(name) is not { } field || receipt[field] is not { } text)
                continue;
            var masked = IdNumbers.Mask(text, numbers);
            if (masked != text)
                receipt = receipt.With(field, masked);
        }
        return receipt;
    }

    static List<string> Numbers(CebDocument receipt, string? orderNo)
    {
        var numbers = receipt
            .Schema.Head.Fields.Where(f => !Words.Contains(f.Name))
            .Select(f => receipt[f])
            .OfType<string>()
            .ToList();
        if (orderNo is not null)
            numbers.Add(orderNo);
        return numbers;
    }
}
