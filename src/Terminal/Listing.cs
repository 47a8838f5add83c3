using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClearanceEngine.Terminal;

/// <summary>A cell of a listing: plain text, and how it looks.</summary>
public readonly record struct Cell(string Text, Style? Style = null)
{
    public static implicit operator Cell(string? text) => new(text ?? "");

    /// <summary>A cell in a colour.</summary>
    public static Cell Of(string text, Color colour) => new(text, new Style(colour));
}

/// <summary>
/// Rows under headings, as wide as the terminal and no wider: side by side where they fit; else with the last column below its
/// row; else each cell behind its heading. No cell is cut.
/// </summary>
/// <param name="headings">Of the columns; the last one holds what is longest.</param>
public sealed class Listing(params string[] headings) : Renderable
{
    const int Gap = 2,
        Below = 4;

    static readonly Style HeadingStyle = new(Color.Grey);

    readonly List<Cell[]> _rows = [];

    public int Count => _rows.Count;

    /// <summary>Adds a row of as many cells as there are headings.</summary>
    public void Add(params Cell[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException(
                $"{cells.Length} cells under {headings.Length} headings.",
                nameof(cells)
            );
        _rows.Add(cells);
    }

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(Width).ToArray();
        var heading = headings.Select(h => new Cell(h, HeadingStyle)).ToArray();
        if (Sum(widths) <= maxWidth)
            return _rows.Prepend(heading).SelectMany(row => Beside(row, widths));
        if (widths.Length > 2 && Sum(widths[..^1]) <= maxWidth)
            return _rows
                .Prepend(heading)
                .SelectMany(row =>
                    Beside(row[..^1], widths[..^1]).Concat(Flowing(row[^1], Below, options, maxWidth))
                );
        return _rows.SelectMany(row => Stacked(row, options, maxWidth));
    }

    static int Sum(int[] widths) => widths.Sum() + Gap * (widths.Length - 1);

    int Width(int column) =>
        _rows.Select(r => Consoles.Columns(r[column].Text)).Append(Consoles.Columns(headings[column])).Max();

    static IEnumerable<Segment> Beside(Cell[] cells, int[] widths)
    {
        var last = Array.FindLastIndex(cells, c => c.Text.Length > 0);
        for (var i = 0; i <= last; i++)
        {
            var text = VisibleText.Of(cells[i].Text);
            yield return new Segment(text, cells[i].Style ?? Style.Plain);
            if (i < last)
                yield return Segment.Padding(widths[i] - Consoles.Columns(text) + Gap);
        }
        yield return Segment.LineBreak;
    }

    static IEnumerable<Segment> Flowing(Cell cell, int indent, RenderOptions options, int maxWidth)
    {
        var text = VisibleText.Of(cell.Text);
        if (text.Length == 0)
            return [];
        IRenderable flow = new Flow(new Text(text, cell.Style), indent);
        return flow.Render(options, maxWidth);
    }

    IEnumerable<Segment> Stacked(Cell[] row, RenderOptions options, int maxWidth)
    {
        foreach (var segment in Flowing(row[0], 0, options, maxWidth))
            yield return segment;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i].Text.Length == 0)
                continue;
            var text = new Paragraph($"{headings[i]}: ", HeadingStyle).Append(
                VisibleText.Of(row[i].Text),
                row[i].Style
            );
            IRenderable flow = new Flow(text, Gap, Gap);
            foreach (var segment in flow.Render(options, maxWidth))
                yield return segment;
        }
    }
}
