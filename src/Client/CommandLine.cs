using System.CommandLine;
using System.CommandLine.Parsing;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Client.Verbs;
using ClearanceEngine.Terminal;
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

    const string Description =
        "ClearanceEngine 命令行 command line: 登录、申报、查询、死信、模拟 log in, submit, query, dead letters, simulate."
        + " 设置取值 settings: 参数 argument > 环境变量 environment "
        + $"({ClientVariables.Url}, {ClientVariables.Token}, {ClientVariables.TokenFile}, {ClientVariables.Kafka}, {ClientVariables.KafkaConfig}, {ClientVariables.KafkaTimeout}, {ClientVariables.Config}) > "
        + "文件 file (--config, ~/.config/clearance/config.json) > 默认 default; 见 see docs/client.md."
        + " 退出码 exit codes: 0 完成 done, 1 被拒或未找到 refused or not found, 2 用法有误 wrong usage, 3 无法连接 out of reach, 130 已中止 stopped";

    /// <summary>How long a verb that is told to stop may take to leave things in order: a batch that is on its way is waited for.</summary>
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(35);

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="console">Where results go.</param>
    /// <param name="handler">What answers HTTP; null for the network.</param>
    /// <param name="cancellationToken">Stops the verb.</param>
    public static Task<int> Run(
        string[] arguments,
        IAnsiConsole console,
        HttpMessageHandler? handler = null,
        CancellationToken cancellationToken = default
    ) => Run(arguments, console, Surroundings.OfProcess(handler), cancellationToken);

    internal static async Task<int> Run(
        string[] arguments,
        IAnsiConsole console,
        Surroundings around,
        CancellationToken cancellationToken = default
    )
    {
        console.ShowHidden();
        var verbs = new VerbHost(console, around);
        var root = new RootCommand(Description)
        {
            verbs.Url,
            verbs.Config,
            verbs.Json,
            verbs.Insecure,
            LoginVerb.Command(verbs),
            LogoutVerb.Command(verbs),
            WhoAmIVerb.Command(verbs),
            SubmitVerb.Command(verbs),
            ParcelVerb.Command(verbs),
            QuotaVerb.Command(verbs),
            WatchVerb.Command(verbs),
            AuditVerb.Command(verbs),
            DeadLettersVerb.Command(verbs),
            SimulateVerb.Command(verbs),
        };

        var parsed = root.Parse(arguments);
        string[] faults = [.. parsed.Errors.Select(e => e.Message).Concat(Swallowed(parsed)).Distinct()];
        if (faults.Length > 0)
        {
            var text = string.Join(Environment.NewLine, faults);
            await verbs.Misused($"{text}{Environment.NewLine}{HelpOf(parsed)}", arguments);
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

    /// <summary>Where to read on, of the verb that was understood, or of all.</summary>
    static string HelpOf(ParseResult parsed)
    {
        var verbs = Above(parsed.CommandResult).Select(c => c.Command).Reverse().Skip(1).Select(c => c.Name);
        return $"用法 usage: {string.Join(' ', ["clearance", .. verbs])} --help";
    }

    /// <summary>An option whose value was forgotten takes the next option for it.</summary>
    static IEnumerable<string> Swallowed(ParseResult parsed)
    {
        var given = Above(parsed.CommandResult).SelectMany(c => c.Children.OfType<OptionResult>()).ToList();
        var known = Above(parsed.CommandResult).SelectMany(c => c.Command.Options).Select(o => o.Name);
        return from option in given
            from token in option.Tokens
            where known.Contains(token.Value)
            select $"{option.Option.Name} 缺少值。{option.Option.Name} has no value, but {token.Value} after it.";
    }

    static IEnumerable<CommandResult> Above(CommandResult command)
    {
        for (SymbolResult? at = command; at is not null; at = at.Parent)
        {
            if (at is CommandResult above)
                yield return above;
        }
    }
}
