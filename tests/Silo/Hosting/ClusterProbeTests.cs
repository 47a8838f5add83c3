using System.Collections.Concurrent;
using ClearanceEngine.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Which silos can work: those that answer, and to which the database answers.</summary>
public sealed class ClusterProbeTests : IAsyncLifetime
{
    readonly ConcurrentDictionary<SiloAddress, Exception> _away = new();
    InProcessTestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.AddPlacementDirector<DoorPlacement, DoorPlacementDirector>();
                silo.Services.AddSingleton<IDoorBell, NoBell>();
                silo.Services.AddSingleton<IWriteProbe>(s => new Database(
                    s.GetRequiredService<ILocalSiloDetails>(),
                    _away
                ));
                PartWatch.CarryErrors(silo.Services);
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_silo_from_which_the_database_is_away_is_away_for_all_and_named()
    {
        var (here, there) = (_cluster.Silos[0], _cluster.Silos[1]);
        var services = here.ServiceProvider;
        var probe = new ClusterProbe(
            services.GetRequiredService<IGrainFactory>(),
            services.GetRequiredService<ISiloStatusOracle>()
        );
        await probe.Ask(TestContext.Current.CancellationToken);

        _away[there.SiloAddress] = new StorageUnavailableException("db:5432 takes none", new IOException());
        var away = await Assert.ThrowsAsync<SiloUnavailableException>(() =>
            probe.Ask(TestContext.Current.CancellationToken)
        );
        Assert.Contains($"{there.SiloAddress}", away.Message, StringComparison.Ordinal);
        Assert.Contains("db:5432 takes none", away.Message, StringComparison.Ordinal);

        _away.Clear();
        await probe.Ask(TestContext.Current.CancellationToken);
    }

    sealed class NoBell : IDoorBell
    {
        public void Ring(string correlation, DoorAnswer answer) { }
    }

    sealed class Database(ILocalSiloDetails silo, ConcurrentDictionary<SiloAddress, Exception> away)
        : IWriteProbe
    {
        public Task Ask(CancellationToken cancellationToken) =>
            away.TryGetValue(silo.SiloAddress, out var error)
                ? Task.FromException(error)
                : Task.CompletedTask;
    }
}
