using ClearanceEngine.Streams.Kafka;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Runs the engine until it is told to stop.</summary>
static class RunVerb
{
    public static async Task<int> Run(string[] arguments)
    {
        await using var app = EngineHost.Build(arguments);
        await using (var room = new WaitingRoom(app.Configuration["Urls"]))
        {
            await EngineHost.Prepare(app.Services, room.Say, app.Lifetime.ApplicationStopping);
        }
        await app.StartAsync();
        Announce(app);
        await app.WaitForShutdownAsync();
        return 0;
    }

    static void Announce(WebApplication app)
    {
        var engine = app.Services.GetRequiredService<EngineOptions>();
        var kafka = app
            .Services.GetRequiredService<IOptions<KafkaConnectionOptions>>()
            .Value.BootstrapServers;
        Console.WriteLine(
            $"""
            ClearanceEngine 已启动 is running
              HTTP   {string.Join(" ", app.Urls)}
              Kafka  {kafka}{(
                engine.DevelopmentBroker ? "(内置开发用,数据不持久 embedded, for development)" : ""
            )}
              数据 data  {app.Services.GetRequiredService<Storage.StorageOptions>().Provider} {(
                engine.DevelopmentBroker ? Path.GetFullPath(engine.DataDirectory) : ""
            )}
              海关模拟器 customs simulator: {(engine.Simulator ? "开 on" : "关 off")}
            """
        );
    }
}
