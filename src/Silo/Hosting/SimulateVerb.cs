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
        RefuseUnlessAllowed(builder.Configuration);
        builder.Services.AddVisibleLog();
        builder.Services.AddKafka();
        builder.Services.Configure<KafkaConnectionOptions>(builder.Configuration.GetSection("Kafka"));
        var options = new CustomsSimulatorOptions();
        builder.Configuration.GetSection("Simulator").Bind(options);
        builder.Services.AddCustomsSimulator(options);
        using var host = builder.Build();
        Console.WriteLine($"海关模拟器 customs simulator: {builder.Configuration["Kafka:BootstrapServers"]}");
        await host.RunAsync();
        return ExitCode.Done;
    }

    /// <summary>A broker that another process runs may carry real declarations: whoever simulates customs on it says so twice.</summary>
    static void RefuseUnlessAllowed(IConfiguration configuration)
    {
        var allowed = configuration.GetValue<EngineParts>(
            $"Engine:{nameof(EngineOptions.AllowDevelopmentParts)}"
        );
        if (allowed.HasFlag(EngineParts.Simulator))
            return;
        throw new OptionsValidationException(
            "Engine",
            typeof(EngineOptions),
            [
                $"模拟器会代替海关答复 {configuration["Kafka:BootstrapServers"]} 上的全部申报,仅限测试环境:请加 --Engine:AllowDevelopmentParts=Simulator。The simulator answers every declaration on {configuration["Kafka:BootstrapServers"]} in the place of customs. On a test rig, and nowhere else, add --Engine:AllowDevelopmentParts=Simulator.",
            ]
        );
    }
}
