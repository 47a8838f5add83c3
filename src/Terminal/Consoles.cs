using System.Runtime.CompilerServices;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClearanceEngine.Terminal;

/// <summary>Where verbs print.</summary>
public static class Consoles
{
    /// <summary>A file or a pipe has no width; mails, tickets and terminals show as much.</summary>
    public const int PipedWidth = 80;

    /// <summary>This process's standard output: with colours and its own width on a terminal, plain and <see cref="PipedWidth"/> wide otherwise.</summary>
    public static IAnsiConsole Standard() =>
        Console.IsOutputRedirected ? Plain(Console.Out) : AnsiConsole.Create(new AnsiConsoleSettings());

    /// <summary>Prints plain text for a file or pipe.</summary>
    public static IAnsiConsole Plain(TextWriter output)
    {
        var settings = new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        };
        var console = AnsiConsole.Create(settings);
        console.Profile.Width = PipedWidth;
        return console;
    }

    /// <summary>Columns of a terminal that a text takes; a Chinese sign takes two.</summary>
    public static int Columns(string text) => new Segment(VisibleText.Of(text)).CellCount();

    /// <summary>From here on nothing that is printed drives the terminal, whoever wrote it (<see cref="VisibleText"/>).</summary>
    public static void ShowHidden(this IAnsiConsole console) => console.Pipeline.Attach(new VisibleHook());

    /// <summary>Prints a paragraph; the values in it are plain text and may be anybody's.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="markup">Spectre's markup with values.</param>
    /// <param name="indent">Blanks before each line.</param>
    /// <param name="hanging">More blanks before each line but the first.</param>
    public static void Line(
        this IAnsiConsole console,
        FormattableString markup,
        int indent = 0,
        int hanging = 0
    ) => console.Write(new Flow(Markup.FromInterpolated(Visible(markup)), indent, hanging));

    static FormattableString Visible(FormattableString markup) =>
        FormattableStringFactory.Create(markup.Format, [.. markup.GetArguments().Select(Visible)]);

    static object? Visible(object? value) =>
        value is string or not IFormattable ? VisibleText.Of(value?.ToString() ?? "") : value;

    /// <summary>The net below all the care above: it stands behind every renderable, a library's own included.</summary>
    sealed class VisibleHook : IRenderHook
    {
        public IEnumerable<IRenderable> Process(
            RenderOptions options,
            IEnumerable<IRenderable> renderables
        ) => renderables.Select(r => new VisibleRenderable(r));
    }

    sealed class VisibleRenderable(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(Visible);

        static Segment Visible(Segment segment) =>
            segment.IsControlCode || segment.IsLineBreak || VisibleText.IsVisible(segment.Text)
                ? segment
                : new Segment(VisibleText.Of(segment.Text), segment.Style);
    }
}
