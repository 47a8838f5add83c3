using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace ClearanceEngine.Client;

/// <summary>The <c>clearance</c> command. Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 out of reach.</summary>
public static class CommandLine
{
    public const int Done = 0,
        Refused = 1,
        Usage = 2,
        OutOfReach = 3;

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="console">Where results go.</param>
    /// <param name="handler">What answers HTTP; null for the network.</param>
    public static async Task<int> Run(
        string[] arguments,
        IAnsiConsole console,
        HttpMessageHandler? handler = null
    )
    {
        var url = new Option<string>("--url")
        {
            Description = "引擎地址 address of the engine",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
            Recursive = true,
        };
        var json = new Option<bool>("--json") { Description = "输出 JSON print JSON", Recursive = true };
        var kafka = new Option<string?>("--kafka") { Description = "Kafka 地址 host:port of Kafka" };
        var requiredKafka = new Option<string>("--kafka")
        {
            Description = "Kafka 地址 host:port of Kafka",
            DefaultValueFactory = _ => "127.0.0.1:9092",
            Recursive = true,
        };
        var root = new RootCommand(
            "ClearanceEngine 命令行 command line: 申报、查询、死信、模拟 submit, query, dead letters, simulate"
        )
        {
            url,
            json,
        };

        var files = new Argument<FileInfo[]>("files")
        {
            Description = "CEB 报文文件 CEB messages (XML, JSON)",
            Arity = ArgumentArity.OneOrMore,
        };
        var submit = new Command("submit", "发送报文 submit messages, over HTTP or --kafka") { files, kafka };
        submit.SetAction(
            (p, token) =>
                Guard(console, () =>
                    Submit(
                        console,
                        Client(p.GetValue(url)!, handler),
                        p.GetValue(files)!,
                        p.GetValue(kafka),
                        p.GetValue(json),
                        token
                    )
                )
        );
        root.Add(submit);

        var ebp = new Argument<string>("ebp") { Description = "电商平台代码 platform code" };
        var order = new Argument<string>("order") { Description = "订单编号 order number" };
        var ask = new Option<bool>("--ask") { Description = "先向海关查询 ask customs first" };
        var parcel = new Command("parcel", "查询包裹 show a parcel") { ebp, order, ask };
        parcel.SetAction((p, token) => Guard(console, async () =>
                {
                    var client = Client(p.GetValue(url)!, handler);
                    if (p.GetValue(ask))
                        await client.Ask(p.GetValue(ebp)!, p.GetValue(order)!, token);
                    return Show(
                        console,
                        await client.Parcel(p.GetValue(ebp)!, p.GetValue(order)!, token),
                        p.GetValue(json)
                    );
                }));
        root.Add(parcel);

        var idFile = new Option<FileInfo?>("--id-file")
        {
            Description =
                "含证件号码的文件,缺省读标准输入 file with the id number; standard input if left out (never an argument: arguments are visible to others)",
        };
        var year = new Option<int?>("--year") { Description = "年份 year" };
        var quota = new Command("quota", "查询个人年度额度 a person's annual quota") { idFile, year };
        quota.SetAction((p, token) => Guard(console, async () =>
                {
                    var id = p.GetValue(idFile) is { } file
                        ? await File.ReadAllTextAsync(file.FullName, token)
                        : await Console.In.ReadToEndAsync(token);
                    var result = await Client(p.GetValue(url)!, handler)
                        .Quota(id.Trim(), p.GetValue(year), token);
                    if (p.GetValue(json))
                        Raw(console, JsonSerializer.Serialize(result, ClearanceClient.Json));
                    else
                        console.MarkupLineInterpolated(
                            $"{result.Year}: 限额 limit ¥{Yuan(result.LimitFen)}, 已用 posted ¥{Yuan(result.PostedFen)}, 预占 pending ¥{Yuan(result.PendingFen)}, 剩余 remaining [bold]¥{Yuan(result.RemainingFen)}[/]"
                        );
                    return Done;
                }));
        root.Add(quota);

        root.Add(DeadLetters(console, requiredKafka, json));

        var simulateKafka = new Option<string>("--kafka")
        {
            Description = "Kafka 地址 host:port of Kafka",
            DefaultValueFactory = _ => "127.0.0.1:9092",
        };
        var seed = new Option<int>("--seed") { Description = "随机种子 seed", DefaultValueFactory = _ => 1 };
        var testRig = new Option<bool>("--test-rig")
        {
            Description =
                "确认这是测试环境:模拟器会代替海关答复该 Kafka 上的全部申报 this is a test rig: the simulator answers every declaration on that Kafka in the place of customs",
            Required = true,
        };
        var simulate = new Command(
            "simulate",
            "运行海关模拟器(仅限测试环境)run the customs simulator against the Kafka of a test rig"
        )
        {
            simulateKafka,
            seed,
            testRig,
        };
        simulate.SetAction(
            (p, token) =>
                Guard(console, () => Simulate(console, p.GetValue(simulateKafka)!, p.GetValue(seed), token))
        );
        root.Add(simulate);

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            return Usage;
        }
        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false }
        );
    }

    static Command DeadLetters(IAnsiConsole console, Option<string> kafka, Option<bool> json)
    {
        var command = new Command("dead-letters", "死信 dead letters") { kafka };
        var offset = new Argument<long>("offset") { Description = "死信编号 number of the letter" };

        var list = new Command("list", "列出 list");
        list.SetAction(p => Guard(console, () =>
            {
                var letters = new DeadLetterTopic(p.GetValue(kafka)!, TimeSpan.FromSeconds(10)).Read();
                if (p.GetValue(json))
                    Raw(console, JsonSerializer.Serialize(letters, ClearanceClient.Json));
                else
                {
                    var table = new Table().AddColumns("#", "原因 reason", "来源 origin", "说明 detail");
                    foreach (var l in letters)
                        table.AddRow(
                            Markup.Escape($"{l.Offset}"),
                            Markup.Escape(l.Reason),
                            Markup.Escape(l.Topic + l.Origin),
                            Markup.Escape(l.Detail)
                        );
                    console.Write(table);
                }
                return Task.FromResult(Done);
            }));
        command.Add(list);

        var show = new Command("show", "显示原文 show the record") { offset };
        show.SetAction(p =>
            Guard(console, () => WithLetter(console, p.GetValue(kafka)!, p.GetValue(offset), letter =>
                {
                    if (p.GetValue(json))
                        Raw(console, JsonSerializer.Serialize(letter, ClearanceClient.Json));
                    else
                    {
                        console.MarkupLineInterpolated(
                            $"[bold]{letter.Reason}[/] {letter.Topic}{letter.Origin} {letter.Time}"
                        );
                        console.WriteLine(letter.Detail);
                        Raw(console, Encoding.UTF8.GetString(letter.Value));
                    }
                    return Task.CompletedTask;
                }))
        );
        command.Add(show);

        var retry = new Command("retry", "放回原主题重试 put it back on its topic") { offset };
        retry.SetAction(p =>
            Guard(console, () => WithLetter(console, p.GetValue(kafka)!, p.GetValue(offset), async letter =>
                {
                    await new DeadLetterTopic(p.GetValue(kafka)!, TimeSpan.FromSeconds(10)).Retry(letter);
                    console.MarkupLineInterpolated($"已放回 back on {letter.Topic}");
                }))
        );
        command.Add(retry);
        return command;
    }

    static async Task<int> WithLetter(
        IAnsiConsole console,
        string servers,
        long offset,
        Func<DeadLetterEntry, Task> work
    )
    {
        if (
            new DeadLetterTopic(servers, TimeSpan.FromSeconds(10))
                .Read(offset)
                .FirstOrDefault(l => l.Offset == offset)
            is not { } letter
        )
        {
            console.MarkupLineInterpolated(
                $"[red]没有编号 {offset} 的死信 there is no dead letter {offset}[/]"
            );
            return Refused;
        }
        await work(letter);
        return Done;
    }

    static async Task<int> Submit(
        IAnsiConsole console,
        ClearanceClient client,
        FileInfo[] files,
        string? kafka,
        bool json,
        CancellationToken token
    )
    {
        var results = new List<(string File, DocumentResult? Result, string? Refusal)>();
        await console
            .Progress()
            .AutoClear(true)
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("submit", maxValue: files.Length);
                using var producer = kafka is null ? null : new ProducerBuilder<Null, byte[]>(
                        new ProducerConfig
                        {
                            BootstrapServers = kafka,
                            Acks = Acks.All,
                            MessageTimeoutMs = 10_000,
                            MessageMaxBytes = 8 * 1024 * 1024,
                        }
                    ).SetErrorHandler((_, _) => { }).Build();
                foreach (var file in files)
                {
                    var bytes = await File.ReadAllBytesAsync(file.FullName, token);
                    try
                    {
                        if (producer is null)
                        {
                            var answers = await client.Submit(bytes, token);
                            if (answers.Count == 0)
                                results.Add((file.Name, null, null));
                            else
                                results.AddRange(
                                    answers.Select(a => (file.Name, (DocumentResult?)a, (string?)null))
                                );
                        }
                        else
                        {
                            var topic = TopicNames.Of(CebParser.Read(bytes).Type)
                                ?? throw new CebFormatException(
                                    "not-a-declaration",
                                    $"{file.Name} 不是申报报文。{file.Name} is no declaration."
                                );
                            await producer.ProduceAsync(
                                topic,
                                new Message<Null, byte[]> { Value = bytes },
                                token
                            );
                            results.Add((file.Name, null, null));
                        }
                    }
                    catch (Exception e)
                        when (e
                                is ClearanceException { Status: < HttpStatusCode.InternalServerError }
                                    or CebFormatException
                        )
                    {
                        results.Add((file.Name, null, e.Message));
                    }
                    task.Increment(1);
                }
            });
        if (json)
            Raw(
                console,
                JsonSerializer.Serialize(
                    results.Select(r => new
                    {
                        file = r.File,
                        result = r.Result,
                        refusal = r.Refusal,
                    }),
                    ClearanceClient.Json
                )
            );
        else
        {
            var table = new Table().AddColumns(
                "文件 file",
                "单证 document",
                "结果 outcome",
                "状态 state",
                "说明 text"
            );
            foreach (var (file, result, refusal) in results)
                table.AddRow(
                    Markup.Escape(file),
                    Markup.Escape(result?.Type ?? ""),
                    refusal is not null
                        ? "[red]refused[/]"
                        : result?.Outcome.ToString().ToLowerInvariant() ?? "durable",
                    $"{result?.State}",
                    Markup.Escape(refusal ?? result?.Receipt?.ReturnInfo ?? "")
                );
            console.Write(table);
        }
        return results.Any(r => r.Refusal is not null || r.Result?.Outcome == SubmissionOutcome.Refused)
            ? Refused
            : Done;
    }

    static int Show(IAnsiConsole console, JsonElement? found, bool json)
    {
        if (found is not { } parcel)
        {
            if (json)
                Raw(console, "null");
            else
                console.MarkupLine("[red]没有这个包裹 there is no such parcel[/]");
            return Refused;
        }
        if (json)
        {
            Raw(console, JsonSerializer.Serialize(parcel, ClearanceClient.Json));
            return Done;
        }
        console.MarkupLineInterpolated(
            $"[bold]{parcel.GetProperty("ebpCode")} {parcel.GetProperty("orderNo")}[/] {parcel.GetProperty("mode")} [green]{parcel.GetProperty("state")}[/] {parcel.GetProperty("invtNo")}"
        );
        foreach (var problem in parcel.GetProperty("problems").EnumerateArray())
            console.MarkupLineInterpolated(
                $"[red]{problem.GetProperty("code")}[/] {problem.GetProperty("text")}"
            );
        var table = new Table().AddColumns("时间 time", "状态 state", "事件 event");
        foreach (var entry in parcel.GetProperty("timeline").EnumerateArray())
            table.AddRow(
                Markup.Escape($"{entry.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd HH:mm:ss.fff}"),
                Markup.Escape(entry.GetProperty("state").GetString()!),
                Markup.Escape(entry.GetProperty("text").GetString()!)
            );
        console.Write(table);
        return Done;
    }

    static async Task<int> Simulate(IAnsiConsole console, string servers, int seed, CancellationToken token)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true }
        );
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<KafkaConnectionOptions>(o => o.BootstrapServers = servers);
        builder.Services.AddKafka();
        builder.Services.AddCustomsSimulator(new CustomsSimulatorOptions { Seed = seed });
        using var host = builder.Build();
        console.MarkupLineInterpolated($"海关模拟器 customs simulator on {servers}; Ctrl+C 结束 ends it");
        await host.RunAsync(token);
        return Done;
    }

    static async Task<int> Guard(IAnsiConsole console, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (ClearanceException e)
        {
            console.MarkupLineInterpolated($"[red]{e.Code}[/] {e.Message}");
            return e.Status >= HttpStatusCode.InternalServerError ? OutOfReach : Refused;
        }
        catch (Exception e) when (e is HttpRequestException or KafkaException or TaskCanceledException)
        {
            console.MarkupLineInterpolated($"[red]无法连接 out of reach[/]: {e.Message}");
            return OutOfReach;
        }
        catch (IOException e)
        {
            console.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return Usage;
        }
    }

    static ClearanceClient Client(string url, HttpMessageHandler? handler) =>
        new(
            new HttpClient(handler ?? new HttpClientHandler(), disposeHandler: false)
            {
                BaseAddress = new Uri(url.EndsWith('/') ? url : url + "/"),
            }
        );

    static void Raw(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    static string Yuan(long fen) => CebAmount.FromFen(fen);
}
