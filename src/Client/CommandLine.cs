using System.CommandLine;
using ClearanceEngine.Client.Verbs;
using Spectre.Console;

namespace ClearanceEngine.Client;

/// <summary>The <c>clearance</c> command. Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 out of reach, 130 stopped by its user.</summary>
public static class CommandLine
{
    public const int Done = 0,
        Refused = 1,
        Usage = 2,
        OutOfReach = 3,
        Stopped = 130;

    /// <summary>How long a verb that is told to stop may take to leave things in order: a batch that is on its way is waited for.</summary>
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(35);

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="console">Where results go.</param>
    /// <param name="handler">What answers HTTP; null for the network.</param>
    /// <param name="cancellationToken">Stops the verb.</param>
    public static async Task<int> Run(
        string[] arguments,
        IAnsiConsole console,
        HttpMessageHandler? handler = null,
        CancellationToken cancellationToken = default
    )
    {
        var verbs = new VerbHost(console, handler, TimeProvider.System);
        var root = new RootCommand(
            "ClearanceEngine 命令行 command line: 申报、查询、死信、模拟 submit, query, dead letters, simulate"
        )
        {
            verbs.Url,
            verbs.Json,
            SubmitVerb.Command(verbs),
            ParcelVerb.Command(verbs),
            QuotaVerb.Command(verbs),
            DeadLettersVerb.Command(verbs),
            SimulateVerb.Command(verbs),
        };

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            var text = string.Join(Environment.NewLine, parsed.Errors.Select(e => e.Message));
            await verbs.Misused(text, arguments.Contains(verbs.Json.Name));
            return Usage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopWithin,
            },
            cancellationToken
        );
    }
}
