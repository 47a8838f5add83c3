namespace ClearanceEngine.Terminal;

/// <summary>
/// Breaks a text into lines between words and between Chinese signs, never within a number or a name: an order number that is
/// cut cannot be copied. Pure.
/// </summary>
static class Wrapping
{
    /// <summary>The lines, without blanks at their ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">Cells of the first line.</param>
    /// <param name="rest">Cells of those after it. Only a word that is longer than a line is cut.</param>
    public static IEnumerable<IReadOnlyList<Sign>> Lines(IEnumerable<Sign> text, int first, int rest)
    {
        var line = new List<Sign>();
        var width = first;
        foreach (var part in Words(text).SelectMany(word => Fitting(word, Math.Min(first, rest))))
        {
            var isBreak = part[0].IsLineBreak;
            if (isBreak || (line.Count > 0 && Cells(line) + Cells(part) > width))
            {
                yield return Trimmed(line);
                line = [];
                width = rest;
                // The blank at which a line is broken is gone.
                if (isBreak || part[0].IsBlank)
                    continue;
            }
            line.AddRange(part);
        }
        if (line.Count > 0)
            yield return Trimmed(line);
    }

    /// <summary>The word, in pieces if no line is long enough for it.</summary>
    static IEnumerable<IReadOnlyList<Sign>> Fitting(IReadOnlyList<Sign> word, int width) =>
        Cells(word) <= width ? [word] : word.Chunk(Math.Max(1, width / 2));

    public static int Cells(IReadOnlyList<Sign> signs) => signs.Sum(s => s.Cells);

    /// <summary>What stays together: a word, a blank, a line break, or a Chinese sign with the punctuation about it.</summary>
    static IEnumerable<IReadOnlyList<Sign>> Words(IEnumerable<Sign> text)
    {
        var word = new List<Sign>();
        foreach (var sign in text)
        {
            if (word.Count > 0 && BreaksBetween(word[^1], sign))
            {
                yield return word;
                word = [];
            }
            word.Add(sign);
        }
        if (word.Count > 0)
            yield return word;
    }

    static bool BreaksBetween(Sign before, Sign after)
    {
        if (before.IsLineBreak || after.IsLineBreak || before.IsBlank || after.IsBlank)
            return true;
        if (before.EndsNoLine || after.BeginsNoLine)
            return false;
        return before.IsWide || after.IsWide;
    }

    static List<Sign> Trimmed(List<Sign> line)
    {
        while (line.Count > 0 && line[^1].IsBlank)
            line.RemoveAt(line.Count - 1);
        return line;
    }
}
