using System.CommandLine;
using System.CommandLine.Help;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// The host's verbs. Without a verb it runs the engine; a word that is no verb and no setting never starts anything. What
/// is left of the words are settings, for every verb the engine's own.
/// </summary>
static class HostCommandLine
{
    /// <summary>What users call the host, whatever its assembly is called.</summary>
    const string Name = "clearance-silo";

    const string Epilogue =
        "设置 settings: --Section:Name=value（见 README，也可用环境变量 Section__Name。 See the README; also as environment variables Section__Name）。"
        + " 退出码 exit codes: 0 完成 done, 1 被拒或未找到 refused or not found, 2 用法或设置有误 wrong usage or settings, 3 无法连接 out of reach, 130 已中止 stopped";

    /// <summary>Runs a command line to its end. A user's mistake is one line on standard error, never a stack trace.</summary>
    /// <param name="arguments">The words.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="error">Where a refusal goes.</param>
    public static async Task<ExitCode> Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = Root();
        var words = arguments is ["help", .. var rest] ? [.. rest, "--help"] : arguments;
        var parsed = root.Parse(words);
        if (
            parsed.Action is not HelpAction
            && SettingArguments.Stranger(parsed.UnmatchedTokens) is { } stranger
        )
            return await Refuse(error, Unknown(root, stranger));
        if (parsed.Errors is [var first, ..])
            return await Refuse(error, first.Message);
        // Whatever else may follow are settings, which the help names by themselves, and not in the usage of each verb.
        if (parsed.Action is HelpAction)
            TakeSettings(root, false);

        try
        {
            // The engine ends in order by itself; the parser's own two seconds would cut its drains short.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            };
            return (ExitCode)await parsed.InvokeAsync(invocation);
        }
        catch (Exception e) when (ExpectedFailure.Of(e) is { } failure)
        {
            await error.WriteLineAsync(failure.Text);
            return failure.Code;
        }
    }

    /// <summary>No <see cref="RootCommand"/>: that has the name of the assembly, in its help too.</summary>
    static Command Root()
    {
        var root = new Command(
            Name,
            $"ClearanceEngine 主程序；不带动词即启动引擎。 The host; without a verb it runs the engine. {Epilogue}"
        );
        root.Add(new HelpOption());
        root.Add(new VersionOption());
        root.SetAction(p => Code(RunVerb.Run(Settings(p))));

        AddRuns(root);
        root.Add(SamplesCommand());
        root.Add(StateCommand());
        root.Add(ArchiveCommand());
        root.Add(SchemaCommand());
        root.Add(KeysCommand());
        root.Add(AccountCommands.Accounts());
        root.Add(AccountCommands.Clients());
        root.Add(SettingsCommand());

        TakeSettings(root, true);
        return root;
    }

    static void TakeSettings(Command root, bool take)
    {
        root.TreatUnmatchedTokensAsErrors = !take;
        foreach (var command in root.Subcommands.Concat(root.Subcommands.SelectMany(s => s.Subcommands)))
            command.TreatUnmatchedTokensAsErrors = !take;
    }

    /// <summary>What runs until it is told to stop, or is done.</summary>
    static void AddRuns(Command root)
    {
        root.Add(
            Plain("run", "启动引擎，直到被要求结束 run the engine until it is told to stop", RunVerb.Run)
        );
        root.Add(
            Plain(
                "demo",
                "演示：喂入样例包裹并核对结局 feed sample parcels and check how they end",
                DemoVerb.Run
            )
        );
        root.Add(
            Plain(
                "simulate",
                "只运行海关模拟器 run the customs simulator alone (--Kafka:BootstrapServers=…)",
                SimulateVerb.Run
            )
        );
    }

    static Command SamplesCommand()
    {
        var directory = new Argument<DirectoryInfo>("directory")
        {
            Description = "写入的目录 the directory to write to",
        };
        var command = new Command("samples", "重新生成样例报文 make the sample messages anew") { directory };
        command.SetAction(p => (int)SamplesVerb.Run(p.GetRequiredValue(directory).FullName));
        return command;
    }

    static Command StateCommand() =>
        new("state", "库中的状态 what is stored")
        {
            OfGrain("show", "以 JSON 显示 print it as JSON", StateVerb.Run),
        };

    static Command ArchiveCommand() =>
        new("archive", "已归档的包裹 what left the store (retention)")
        {
            OfGrain("show", "以 JSON 显示 print it as JSON", ArchiveVerb.Show),
            OfGrain("restore", "恢复到库中 put it back into the store", ArchiveVerb.Restore),
        };

    static Command SchemaCommand()
    {
        var upgrade = new Command(
            "upgrade",
            "升级到本版本，主程序可同时运行 bring it up; silos may run meanwhile"
        );
        upgrade.SetAction(p => Code(SchemaVerb.Upgrade(Settings(p), p.InvocationConfiguration.Error)));
        return new Command("schema", "数据库结构 the schema of the database") { upgrade };
    }

    static Command KeysCommand()
    {
        var name = new Argument<string>("name")
        {
            Description = "密钥的设置名 the key's setting, such as Storage:Keys:Ring:1",
        };
        var forget = new Command("forget", "不再登记没有数据依赖的密钥 let go of a key that nothing needs")
        {
            name,
        };
        forget.SetAction(p => Code(KeysVerb.Forget(p.GetRequiredValue(name), Settings(p))));

        return new Command("keys", "数据库所依赖的密钥 the keys that the database depends on")
        {
            Plain("show", "显示指纹并与所给密钥比较 show and compare their fingerprints", KeysVerb.Show),
            forget,
        };
    }

    static Command Plain(string name, string description, Func<string[], Task<ExitCode>> verb)
    {
        var command = new Command(name, description);
        command.SetAction(p => Code(verb(Settings(p))));
        return command;
    }

    static Command OfGrain(string name, string description, Func<string, string[], Task<ExitCode>> verb)
    {
        var grain = new Argument<string>("grain")
        {
            Description = "状态的键 the grain's key, such as p/9999900001/ORDER-1",
        };
        var command = new Command(name, description) { grain };
        command.SetAction(p => Code(verb(p.GetRequiredValue(grain), Settings(p))));
        return command;
    }

    static Command SettingsCommand()
    {
        var explain = new Option<string?>("--explain")
        {
            Description = "说明一项或一节设置 what a setting, or a section, means",
            HelpName = "NAME",
        };
        var json = new Option<bool>("--json") { Description = "以 JSON 显示 print it as JSON" };
        var command = new Command("settings", "生效的设置及其来源 the settings in effect, and who gave them")
        {
            explain,
            json,
        };
        command.SetAction(p =>
            Code(
                SettingsVerb.Run(
                    p.GetValue(explain),
                    p.GetValue(json),
                    Settings(p),
                    p.InvocationConfiguration.Output,
                    p.InvocationConfiguration.Error
                )
            )
        );
        return command;
    }

    internal static string[] Settings(ParseResult parsed) => [.. parsed.UnmatchedTokens];

    internal static async Task<int> Code(Task<ExitCode> verb) => (int)await verb;

    static string Unknown(Command root, string word)
    {
        var verbs = root.Subcommands.Select(c => c.Name).ToArray();
        var nearest = Nearest.Of(word, verbs) is { } meant ? $" 是否指 did you mean: {meant}?" : "";
        return word.StartsWith("--", StringComparison.Ordinal)
            ? $"{Clip.Quote(word)} 缺少值。{Clip.Quote(word)} has no value; write --Section:Name=value."
            : $"不认识 {Clip.Quote(word)}。{Clip.Quote(word)} is no verb and no setting.{nearest} 动词 verbs: {string.Join(", ", verbs)}, help.";
    }

    static async Task<ExitCode> Refuse(TextWriter error, string text)
    {
        await error.WriteLineAsync(text);
        return ExitCode.Unusable;
    }
}
