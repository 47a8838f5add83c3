using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>Commands that are shown to be copied.</summary>
static class Shell
{
    const string Safe = "-_./:@%+=,";

    /// <summary>A word as a shell takes it: numbers of others may hold blanks and signs that do something.</summary>
    public static string Word(string text) =>
        text.Length > 0
        && text.All(c => char.IsAsciiLetterOrDigit(c) || Safe.Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Says what to do next; the command on a line of its own, to be copied.</summary>
    public static void Next(this IAnsiConsole console, string purpose, string command)
    {
        console.Line($"[grey]下一步 next: {purpose}[/]");
        console.Line($"{command}", indent: 2, hanging: 2);
    }
}
