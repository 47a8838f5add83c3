using System.Collections.Immutable;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>What a message of receipts turns out to hold, return by return.</summary>
/// <param name="root">Name of its root element, fit for a log.</param>
sealed class CustomsFindings(string root)
{
    /// <summary>Faults told of one message: the dead letter has room for so many.</summary>
    const int MostFaults = 16;

    readonly ImmutableArray<CebDocument>.Builder _answers = ImmutableArray.CreateBuilder<CebDocument>();
    readonly ImmutableArray<CebFormatException>.Builder _faults =
        ImmutableArray.CreateBuilder<CebFormatException>();

    public string Root => root;

    public CustomsRemarks Remarks { get; } = new();

    /// <summary>Returns until now, those that cannot be read included.</summary>
    public int Count => _answers.Count + _faults.Count;

    /// <summary>One more return; where it cannot be read the others do not suffer from it.</summary>
    /// <param name="read">Reads it, by its place in the message.</param>
    public void Add(Func<int, CebDocument> read)
    {
        try
        {
            _answers.Add(read(Count + 1));
        }
        catch (CebFormatException e)
        {
            _faults.Add(e);
        }
    }

    public void Add(CebFormatException fault) => _faults.Add(fault);

    /// <summary>All of it.</summary>
    /// <exception cref="CebFormatException">Nothing of it can be read.</exception>
    public CustomsReading.Returns Returns()
    {
        if (Count == 0)
            throw new CebFormatException(
                ProblemCode.NoDocuments,
                $"{root} 不含任何回执。{root} has no return that we know; look at it by hand, and ask customs for it again.",
                root
            );
        if (_answers.Count == 0 && _faults is [var only])
            throw only;
        return new CustomsReading.Returns(root, _answers.DrainToImmutable(), BoundedFaults(), Remarks.All);
    }

    ImmutableArray<CebFormatException> BoundedFaults()
    {
        if (_faults.Count <= MostFaults)
            return _faults.DrainToImmutable();
        return
        [
            .. _faults.Take(MostFaults),
            new CebFormatException(
                ProblemCode.FurtherProblems,
                $"{root} 另有 {_faults.Count - MostFaults} 个回执有误。{root} has {_faults.Count - MostFaults} more returns that cannot be read; look at it by hand.",
                root
            ),
        ];
    }
}
