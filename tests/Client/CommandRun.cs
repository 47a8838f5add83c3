using System.Text.Json;
using ClearanceEngine.Client;
using Spectre.Console;

namespace ClearanceEngine.Tests;

/// <summary>One run of the command line, with what it printed.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it printed.</param>
sealed record CommandRun(int Code, string Output)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Task<CommandRun> Of(params string[] arguments) => Of(CancellationToken.None, arguments);

    public static async Task<CommandRun> Of(CancellationToken token, params string[] arguments)
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = 400;
        var code = await CommandLine.Run(arguments, console, null, token);
        return new CommandRun(code, output.ToString());
    }

    /// <summary>A verb of <c>dead-letters</c> on the topics of a box.</summary>
    public static Task<CommandRun> On(LetterBox box, params string[] arguments) =>
        Of(["dead-letters", .. arguments, "--kafka", box.Servers, "--dead-letter-topic", box.Letters]);
}
