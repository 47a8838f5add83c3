using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Tests.Terminal;
using Spectre.Console;

namespace ClearanceEngine.Tests;

/// <summary>One run of the command line, with what it printed.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it printed.</param>
sealed record CommandRun(int Code, string Output)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Task<CommandRun> Of(params string[] arguments) =>
        Of(arguments, new StringWriter(), CancellationToken.None);

    /// <summary>Runs a command, and does something once, before it goes on, when it first prints a text.</summary>
    public static Task<CommandRun> When(
        string text,
        Action act,
        string[] arguments,
        CancellationToken cancellationToken = default
    ) => Of(arguments, new ActingWriter(text, act), cancellationToken);

    static async Task<CommandRun> Of(string[] arguments, StringWriter output, CancellationToken token)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = 400;
        var code = await CommandLine.Run(arguments, console, PipedRun.Bare(), token);
        return new CommandRun(code, output.ToString());
    }

    sealed class ActingWriter(string text, Action act) : StringWriter
    {
        bool _acted;

        public override void Write(string? value)
        {
            base.Write(value);
            if (_acted || !ToString().Contains(text, StringComparison.Ordinal))
                return;
            _acted = true;
            act();
        }
    }

    /// <summary>A verb of <c>dead-letters</c> on the topics of a box.</summary>
    public static Task<CommandRun> On(LetterBox box, params string[] arguments) =>
        Of(["dead-letters", .. arguments, "--kafka", box.Servers, "--dead-letter-topic", box.Letters]);
}
