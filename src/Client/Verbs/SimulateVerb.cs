using System.CommandLine;
using ClearanceEngine.Client.Kafka;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Terminal.Logs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClearanceEngine.Client.Verbs;

/// <summary><c>clearance simulate</c>: the simulated customs as a process of its own.</summary>
static class SimulateVerb
{
    public static Command Command(VerbHost host)
    {
        var seed = new Option<int>("--seed") { Description = "随机种子 seed", DefaultValueFactory = _ => 1 };
        var testRig = new Option<bool>("--test-rig")
        {
            Description =
                "确认这是测试环境：模拟器会代替海关答复该 Kafka 上的全部申报 this is a test rig: the simulator answers every declaration on that Kafka in the place of customs",
        };
        var command = new Command(
            "simulate",
            "运行海关模拟器（仅限测试环境）run the customs simulator against the Kafka of a test rig"
        )
        {
            seed,
            testRig,
        };
        host.Kafka.AddTo(command);
        host.SetAction(command, call =>
            call.Value(testRig) ? Simulate(call, call.Value(seed)) : throw NoTestRig()
        );
        return command;
    }

    /// <summary>The parser takes a switch that must be given for given.</summary>
    static VerbException NoTestRig() =>
        VerbException.Usage(
            "no-test-rig",
            "模拟器会代替海关答复全部申报，仅限测试环境：请加 --test-rig。The simulator answers every declaration in the place of customs. On a test rig, and nowhere else, add --test-rig."
        );

    static async Task<int> Simulate(VerbCall call, int seed)
    {
        using var kafka = call.Kafka();
        // A file or variable may name the port's own Kafka: whoever simulates customs names the rig's each time.
        if (!call.Host.Kafka.NameServers(call.Parsed) && kafka.Servers != KafkaSettings.DefaultServers)
            throw VerbException.Usage(
                "kafka-not-named",
                $"模拟器会代替海关答复 {kafka.Servers} 上的全部申报，请用 --kafka 写明测试环境的 Kafka。The simulator would answer every declaration on {kafka.Servers}; name the test rig's Kafka by --kafka."
            );

        // The simulator itself would wait for its broker for ever; whoever starts it by hand wants to know.
        kafka.Topics();

        using var host = Build(call.Host.Kafka.Read(call.Parsed).Connection, seed);
        call.Say($"海关模拟器 customs simulator on {kafka.Servers}; Ctrl+C 结束 ends it");
        await host.RunAsync(call.Token);
        return CommandLine.Done;
    }

    static IHost Build(KafkaConnectionOptions connection, int seed)
    {
        var settings = new HostApplicationBuilderSettings { DisableDefaults = true };
        var builder = Host.CreateApplicationBuilder(settings);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddVisibleLog();
        builder.Services.AddKafka(connection);
        builder.Services.AddCustomsSimulator(new CustomsSimulatorOptions { Seed = seed });
        return builder.Build();
    }
}
