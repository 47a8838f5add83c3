using System.CommandLine;
using ClearanceEngine.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Client.Verbs;

/// <summary>Makes a command that can be copied: <c>clearance</c>, a verb, its words, and the options that were given for all commands.</summary>
/// <param name="verb">The verb.</param>
/// <param name="words">What follows it, as they are meant; quoted where a shell needs it.</param>
delegate string CommandWords(string verb, params string[] words);

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

    /// <summary>An option with its values, as they were written, a switch without one; nothing where it was not.</summary>
    public static IEnumerable<string> Given(ParseResult parsed, Option option)
    {
        if (parsed.GetResult(option) is not { Implicit: false } given)
            return [];
        return given.Tokens.Count == 0
            ? [option.Name]
            : given.Tokens.SelectMany(t => (string[])[option.Name, t.Value]);
    }

    /// <summary>Says what to do next; the command on a line of its own, to be copied.</summary>
    public static void Next(this IAnsiConsole console, string purpose, string command)
    {
        console.Line($"[grey]下一步 next: {purpose}[/]");
        console.Line($"{command}", indent: 2, hanging: 2);
    }
}
