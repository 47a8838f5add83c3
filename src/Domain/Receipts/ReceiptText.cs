using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Receipts;

/// <summary>The words of a receipt on their way to people.</summary>
public static class ReceiptText
{
    /// <summary>Characters of customs' words in a text of ours.</summary>
    const int MostQuoted = 200;

    static readonly string[] Words = ["returnInfo", "note"];

    /// <summary>
    /// The receipt with id numbers masked in what customs wrote for people; who declared the person knows the number. The
    /// numbers of the parcel and those that the receipt echoes stay whole: without them nobody finds what is meant.
    /// </summary>
    /// <param name="receipt">As customs sent it.</param>
    /// <param name="numbers">Of its parcel; asked for only where the words hold something like an id number.</param>
    public static CebDocument Masked(CebDocument receipt, IEnumerable<string> numbers)
    {
        foreach (var name in Words)
        {
            if (receipt.Schema.Head.Find(name) is not { } field || receipt[field] is not { } text)
                continue;
            if (!IdNumbers.IsIn(text))
                continue;
            var masked = IdNumbers.Mask(text, numbers.Concat(Echoed(receipt)));
            if (masked != text)
                receipt = receipt.With(field, masked);
        }
        return receipt;
    }

    /// <summary>Words of customs to be quoted in a text of ours: masked likewise, cut, and fit for XML.</summary>
    public static string Quoted(string words, IEnumerable<string> numbers) =>
        Clip.Clean(Clip.Cut(IdNumbers.Mask(words, numbers), MostQuoted));

    static IEnumerable<string> Echoed(CebDocument receipt) =>
        receipt
            .Schema.Head.Fields.Where(f => !Words.Contains(f.Name))
            .Select(f => receipt[f])
            .OfType<string>();
}
