using ClearanceEngine.Simulator;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The customs simulator alone, against a real broker: <c>simulate --Kafka:BootstrapServers=host:port</c>.</summary>
static class SimulateVerb
{
    public static async Task<int> Run(string[] arguments)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                Args = arguments,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        builder.Services.AddKafka();
        builder.Services.Configure<KafkaConnectionOptions>(builder.Configuration.GetSection("Kafka"));
        var options = new CustomsSimulatorOptions();
        builder.Configuration.GetSection("Simulator").Bind(options);
        builder.Services.AddCustomsSimulator(options);
        using var host = builder.Build();
        Console.WriteLine($"海关模拟器 customs simulator: {builder.Configuration["Kafka:BootstrapServers"]}");
        await host.RunAsync();
        return 0;
    }
}
