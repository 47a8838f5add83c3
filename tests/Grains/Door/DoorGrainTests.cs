using System.Collections.Concurrent;
using ClearanceEngine.Door;
using ClearanceEngine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.TestingHost;
using Xunit;

namespace ClearanceEngine.Tests.Door;

/// <summary>Rule 13 in a cluster: whoever answers, the silo whose door waits hears it.</summary>
public sealed class DoorGrainTests : IAsyncLifetime
{
    readonly ConcurrentQueue<(SiloAddress Silo, string Correlation)> _heard = new();
    readonly ConcurrentDictionary<SiloAddress, Task> _databases = new();
    InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.AddPlacementDirector<DoorPlacement, DoorPlacementDirector>();
                silo.Services.AddSingleton<IDoorBell>(services => new Bell(
                    services.GetRequiredService<ILocalSiloDetails>(),
                    _heard
                ));
                silo.Services.AddSingleton<IWriteProbe>(services => new Probe(
                    services.GetRequiredService<ILocalSiloDetails>(),
                    _databases
                ));
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_door_lives_on_the_silo_that_its_key_names()
    {
        var silos = _cluster.Silos.Select(s => s.SiloAddress).ToArray();
        foreach (var silo in silos)
            await Door(silo).Answer($"{silo}", new DoorAnswer([]));
        Assert.Equal(silos.Select(s => (s, $"{s}")), _heard);

        // Its activation may end at any time; the next one is there again.
        await _cluster.DeactivateAsync(Door(silos[1]));
        await Door(silos[1]).Answer("again", new DoorAnswer([]));
        Assert.Equal((silos[1], "again"), _heard.Last());
    }

    [Fact]
    public async Task The_door_of_a_silo_that_is_gone_is_nowhere_else()
    {
        var gone = _cluster.Silos[2];
        await _cluster.StopSiloAsync(gone);
        await Assert.ThrowsAnyAsync<Exception>(() =>
            Door(gone.SiloAddress).Answer("late", new DoorAnswer([]))
        );
        Assert.Empty(_heard);
    }

    [Fact]
    public async Task A_database_that_hangs_keeps_no_answer_from_its_door()
    {
        var silo = _cluster.Silos[0].SiloAddress;
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _databases[silo] = hangs.Task;

        var asked = Door(silo).IsHere();
        await Door(silo).Answer("meanwhile", new DoorAnswer([])).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((silo, "meanwhile"), Assert.Single(_heard));
        Assert.False(asked.IsCompleted);

        hangs.SetResult();
        await asked;
    }

    IDoorGrain Door(SiloAddress silo) => _cluster.Client.GetGrain<IDoorGrain>(DoorPlacement.Key(silo));

    sealed class Probe(ILocalSiloDetails silo, ConcurrentDictionary<SiloAddress, Task> databases)
        : IWriteProbe
    {
        public Task Ask(CancellationToken cancellationToken) =>
            databases.GetValueOrDefault(silo.SiloAddress, Task.CompletedTask);
    }

    sealed class Bell(ILocalSiloDetails silo, ConcurrentQueue<(SiloAddress, string)> heard) : IDoorBell
    {
        public void Ring(string correlation, DoorAnswer answer) =>
            heard.Enqueue((silo.SiloAddress, correlation));
    }
}
