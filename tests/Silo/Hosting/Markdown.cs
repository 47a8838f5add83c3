namespace ClearanceEngine.Tests.Hosting;

/// <summary>A page's lines: those for readers, and those of its code blocks, fenced or indented.</summary>
static class Markdown
{
    public static IEnumerable<string> Prose(IEnumerable<string> lines) => Parts(lines, ofCode: false);

    public static IEnumerable<string> Code(IEnumerable<string> lines) => Parts(lines, ofCode: true);

    static IEnumerable<string> Parts(IEnumerable<string> lines, bool ofCode)
    {
        var isFenced = false;
        foreach (var line in lines)
        {
            var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (isFence)
                isFenced = !isFenced;
            var isCode = isFenced || line.StartsWith("    ", StringComparison.Ordinal);
            if (!isFence && isCode == ofCode)
                yield return line;
        }
    }
}
