using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClearanceEngine.Terminal;

/// <summary>One sign of a text with its style and how many cells of the terminal it takes; Chinese ones take two.</summary>
readonly record struct Sign(string Text, Style Style, int Cells)
{
    const string NotAtTheBeginning = "，。、；：！？）》」』】”’…%)],.;:!?",
        NotAtTheEnd = "（《「『【“‘([¥";

    public bool IsBlank => Text == " ";

    public bool IsLineBreak => Text == "\n";

    /// <summary>A line may begin with it, whatever stands before.</summary>
    public bool IsWide => Cells == 2;

    public bool BeginsNoLine => Cells == 0 || NotAtTheBeginning.Contains(Text, StringComparison.Ordinal);

    public bool EndsNoLine => NotAtTheEnd.Contains(Text, StringComparison.Ordinal);

    /// <summary>The signs of a rendered text; what would drive the terminal becomes visible.</summary>
    public static IEnumerable<Sign> Of(IEnumerable<Segment> segments)
    {
        foreach (var segment in segments.Where(s => !s.IsControlCode))
        {
            if (segment.IsLineBreak)
            {
                yield return new Sign("\n", segment.Style, 0);
                continue;
            }
            foreach (var rune in VisibleText.Of(segment.Text).EnumerateRunes())
                yield return new Sign(rune.ToString(), segment.Style, CellsOf(rune));
        }
    }

    static int CellsOf(Rune rune) => rune.IsAscii ? 1 : new Segment(rune.ToString()).CellCount();
}
