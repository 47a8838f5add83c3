using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClearanceEngine.Terminal;

/// <summary>A paragraph as <see cref="Wrapping"/> breaks it. It takes no more room than its text needs.</summary>
/// <param name="text">Its text, with its colours.</param>
/// <param name="indent">Blanks before each line.</param>
/// <param name="hanging">More blanks before each line but the first.</param>
public sealed class Flow(IRenderable text, int indent = 0, int hanging = 0) : Renderable
{
    /// <summary>No text is as wide: what is asked for its signs is not to break it.</summary>
    const int Unbroken = 1_000_000;

    /// <summary>However narrow the terminal, a line takes as much.</summary>
    const int LeastWidth = 20;

    public Flow(string text, int indent = 0, int hanging = 0)
        : this(new Text(text), indent, hanging) { }

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var signs = Sign.Of(text.Render(options, Unbroken));
        var first = Math.Max(LeastWidth, maxWidth - indent);
        var rest = Math.Max(LeastWidth, maxWidth - indent - hanging);
        var before = indent;
        foreach (var line in Wrapping.Lines(signs, first, rest))
        {
            if (before > 0 && line.Count > 0)
                yield return Segment.Padding(before);
            foreach (var segment in Segments(line))
                yield return segment;
            yield return Segment.LineBreak;
            before = indent + hanging;
        }
    }

    /// <summary>Neighbours of one style as one segment.</summary>
    static IEnumerable<Segment> Segments(IReadOnlyList<Sign> line)
    {
        for (var from = 0; from < line.Count; )
        {
            var style = line[from].Style;
            var same = line.Skip(from).TakeWhile(s => s.Style.Equals(style)).ToList();
            yield return new Segment(string.Concat(same.Select(s => s.Text)), style);
            from += same.Count;
        }
    }
}
