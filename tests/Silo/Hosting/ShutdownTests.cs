using System.Globalization;
using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>A stop has the time that its steps may take, and each step its own.</summary>
public sealed class ShutdownTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_host_waits_as_long_as_door_feeds_dispatcher_and_silo_may_take()
    {
        await using var app = Build(
            "--Door:CloseTime=00:00:20",
            "--Intake:DrainTime=00:00:30",
            "--Dispatch:DrainTime=00:00:40",
            "--Engine:SiloStopTime=00:00:50"
        );
        var host = app.Services.GetRequiredService<IOptions<HostOptions>>().Value;
        Assert.Equal(
            TimeSpan.FromSeconds(140) + ShutdownTime.LeavingGroup + TokenSigner.StopTime,
            host.ShutdownTimeout
        );
    }

    [Fact]
    public async Task The_door_closes_before_the_feeds_drain_the_dispatcher_after_them_and_the_silo_last()
    {
        await using var app = Build();
        var stopped = app
            .Services.GetServices<IHostedService>()
            .Select(s => s.GetType().Name)
            .Reverse()
            .ToList();
        int[] order =
        [
            stopped.IndexOf("GenericWebHostService"),
            stopped.IndexOf("KafkaFeedGroup"),
            stopped.IndexOf(nameof(Dispatcher)),
            stopped.IndexOf("SiloHostedService"),
        ];
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
        Assert.False(app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ServicesStopConcurrently);
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_cut_after_the_door_s_own_time()
    {
        await using (var app = Build())
            Assert.IsType<ClosingServer>(app.Services.GetRequiredService<IServer>());

        var time = new FakeTimeProvider();
        using var server = new ClosingServer(new OpenRequests(), TimeSpan.FromSeconds(12), time);
        var closing = server.StopAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(closing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await closing.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void The_cluster_gives_a_pod_the_time_that_a_stop_may_take()
    {
        var yaml = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "k8s", "deployment.yaml"));
        var given = TimeSpan.FromSeconds(
            int.Parse(
                Regex.Match(yaml, @"terminationGracePeriodSeconds: (\d+)").Groups[1].Value,
                CultureInfo.InvariantCulture
            )
        );
        var needed =
            ShutdownTime.Of(
                new EngineOptions(),
                new DoorOptions(),
                new IntakeOptions(),
                new DispatchOptions()
            ) + ShutdownTime.Flushing;
        Assert.True(given >= needed, $"{given} given, {needed} needed");
    }

    WebApplication Build(params string[] settings) =>
        EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:Simulator=false",
            .. settings,
        ]);

    /// <summary>Ends as Kestrel does: when it may wait no longer.</summary>
    sealed class OpenRequests : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(
            IHttpApplication<TContext> application,
            CancellationToken cancellationToken
        )
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            var cut = new TaskCompletionSource();
            cancellationToken.Register(cut.SetResult);
            return cut.Task;
        }

        public void Dispose() { }
    }
}
