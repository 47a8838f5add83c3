using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The customs simulator alone, on a test rig: <c>simulate --Kafka:BootstrapServers=host:port --Engine:AllowDevelopmentParts=Simulator</c>.</summary>
static class SimulateVerb
{
    public static async Task<ExitCode> Run(string[] arguments)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                Args = arguments,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        var settings = EngineSettings.Read(builder.Configuration, "Kafka", "Simulator", "Logging");
        RefuseUnlessAllowed(settings, builder.Configuration["Kafka:BootstrapServers"]);
        RefuseWithoutBroker(builder.Configuration);
        builder.Services.AddVisibleLog();
        builder.Services.AddKafka(settings.Get<KafkaConnectionOptions>());
        builder.Services.AddCustomsSimulator(settings.Get<CustomsSimulatorOptions>());
        using var host = builder.Build();
        Console.WriteLine($"海关模拟器 customs simulator: {builder.Configuration["Kafka:BootstrapServers"]}");
        await host.RunAsync();
        return ExitCode.Done;
    }

    static void RefuseWithoutBroker(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["Kafka:BootstrapServers"]))
            throw new OptionsValidationException(
                "Kafka",
                typeof(KafkaConnectionOptions),
                [
                    "Kafka:BootstrapServers: 不可为空，请填写 Kafka 地址。It must not be empty: name the Kafka that is to be answered, as HOST:PORT.",
                ]
            );
    }

    /// <summary>A broker that another process runs may carry real declarations: whoever simulates customs on it says so twice.</summary>
    static void RefuseUnlessAllowed(EngineSettings settings, string? servers)
    {
        if (settings.Get<EngineOptions>().AllowDevelopmentParts.HasFlag(EngineParts.Simulator))
            return;
        throw new OptionsValidationException(
            "Engine",
            typeof(EngineOptions),
            [
                $"模拟器会代替海关答复 {servers} 上的全部申报，仅限测试环境：请加 --Engine:AllowDevelopmentParts=Simulator。The simulator answers every declaration on {servers} in the place of customs. On a test rig, and nowhere else, add --Engine:AllowDevelopmentParts=Simulator.",
            ]
        );
    }
}
