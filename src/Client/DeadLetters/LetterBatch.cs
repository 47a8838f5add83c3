namespace ClearanceEngine.Client.DeadLetters;

/// <summary>Letters that are put back together, and then committed together.</summary>
/// <param name="Letters">Those that are meant.</param>
/// <param name="Passed">How many between them are not.</param>
/// <param name="Next">Everything before this is of this batch or an earlier one.</param>
sealed record LetterBatch(IReadOnlyList<DeadLetterRecord> Letters, long Passed, LetterPosition Next)
{
    /// <summary>
    /// Most letters and bytes of a batch, and most letters looked at for one. A run that is killed puts at most one batch back
    /// a second time.
    /// </summary>
    public const int MostLetters = 500,
        MostLooked = 20_000;
    public const long MostBytes = 8 * 1024 * 1024;

    /// <summary>Cuts a stretch of letters into batches.</summary>
    /// <param name="letters">The letters of one partition in order, read as they are needed.</param>
    /// <param name="span">Where they lie; the last batch ends with it.</param>
    /// <param name="isMeant">Which of them are to be put back.</param>
    /// <param name="most">No more than so many letters in all; after these nothing more is read.</param>
    public static IEnumerable<LetterBatch> Cut(
        IEnumerable<DeadLetterRecord> letters,
        LetterSpan span,
        Func<DeadLetterEntry, bool> isMeant,
        long most
    )
    {
        var taken = new List<DeadLetterRecord>();
        var (passed, bytes) = (0L, 0L);
        foreach (var letter in letters)
        {
            if (isMeant(letter.About))
            {
                taken.Add(letter);
                bytes += letter.Size;
                most--;
            }
            else
                passed++;

            var isFull =
                most == 0
                || taken.Count >= MostLetters
                || bytes >= MostBytes
                || taken.Count + passed >= MostLooked;
            if (!isFull)
                continue;

            yield return new LetterBatch(taken, passed, After(letter));
            if (most == 0)
                yield break;

            taken = [];
            passed = 0;
            bytes = 0;
        }
        yield return new LetterBatch(taken, passed, new LetterPosition(span.Partition, span.End));
    }

    static LetterPosition After(DeadLetterRecord letter) =>
        letter.About.At with
        {
            Offset = letter.About.Offset + 1,
        };
}
