using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Receipts;

/// <summary>The words of a receipt on its way to a participant.</summary>
public static class ReceiptText
{
    /// <summary>The receipt with id numbers masked in what customs wrote for people; who declared the person knows the number.</summary>
    public static CebDocument Masked(CebDocument receipt)
    {
        foreach (var name in (string[])["returnInfo", "note"])
        {
            if (
                receipt.Schema.Head.Find(name) is { } field
                && receipt[field] is { } text
                && IdNumbers.Mask(text) is var masked
                && masked != text
            )
                receipt = receipt.With(field, masked);
        }
        return receipt;
    }
}
