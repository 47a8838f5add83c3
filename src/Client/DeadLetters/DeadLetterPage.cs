namespace ClearanceEngine.Client.DeadLetters;

/// <summary>A page of dead letters, and what is known of those after it.</summary>
/// <param name="Letters">The page.</param>
/// <param name="Cut">There are more than the page takes.</param>
/// <param name="More">How many follow, as far as they were counted.</param>
/// <param name="MoreIsAtLeast">The count was ended before the last letter.</param>
/// <param name="Next">Where the next page begins, as <c>partition:offset</c>; null when there is none.</param>
sealed record DeadLetterPage(
    IReadOnlyList<DeadLetterEntry> Letters,
    bool Cut,
    long More,
    bool MoreIsAtLeast,
    string? Next
)
{
    /// <summary>Takes a page and goes on to count, so that a list that is cut never looks like a whole one.</summary>
    /// <param name="letters">In their order, read as they are needed.</param>
    /// <param name="isMeant">Which are to be shown.</param>
    /// <param name="limit">Most of the page.</param>
    /// <param name="enough">Asked after the page is full: whether the counting has lasted long enough.</param>
    public static DeadLetterPage Of(
        IEnumerable<DeadLetterEntry> letters,
        Func<DeadLetterEntry, bool> isMeant,
        int limit,
        Func<bool> enough
    )
    {
        var page = new List<DeadLetterEntry>();
        LetterPosition? next = null;
        var more = 0L;
        foreach (var letter in letters)
        {
            var isShown = isMeant(letter);
            if (page.Count < limit)
            {
                if (isShown)
                    page.Add(letter);
                continue;
            }

            if (isShown)
            {
                next ??= letter.At;
                more++;
            }
            if (enough())
                return new DeadLetterPage(page, true, more, true, $"{next ?? letter.At}");
        }
        return new DeadLetterPage(page, next is not null, more, false, next?.ToString());
    }
}
