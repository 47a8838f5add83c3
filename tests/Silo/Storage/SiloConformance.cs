using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>A real silo over each database: registration, start-up, grains' storages, and for PostgreSQL the cluster's membership.</summary>
public abstract class SiloConformance : DatabaseTest
{
    [Fact]
    public async Task A_grain_keeps_its_states_over_deactivation_and_restart()
    {
        using (var host = await Start())
        {
            var grain = Grain(host);
            await grain.Write("1");
            await grain.Leave();
            Assert.Equal(("1", "1", "1"), await grain.Read());
            await grain.Write("2");
            Assert.Equal(
                ["n/1"],
                (await host.Services.GetRequiredService<IDocumentIndex>().Find(["pre/2"], fresh: true))[
                    "pre/2"
                ]
            );
            await host.StopAsync();
        }
        using (var host = await Start())
        {
            var grain = Grain(host);
            Assert.Equal(("2", "2", "2"), await grain.Read());
            await grain.Clear();
            await grain.Leave();
            Assert.Equal(("", "", ""), await grain.Read());
            await grain.Write("3");
            Assert.Equal(("3", "3", "3"), await grain.Read());
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task An_activation_whose_memory_is_stale_ends_and_the_next_one_reads_anew()
    {
        using var host = await Start();
        var grain = Grain(host);
        await grain.Write("1");
        await using (var other = await StorageOfSilo.Start(Database))
        {
            await (await other.Activate<TestState>("n/1", "hot")).Write(s => s.Text = "from elsewhere");
        }

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("2"));
        Assert.Equal("from elsewhere", (await grain.Read()).Hot);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_caller_of_a_grain_whose_row_cannot_be_read_is_told_so()
    {
        using var host = await Start();
        var grain = Grain(host);
        await grain.Write("1");
        await grain.Leave();
        await Spoil(new RowKey("hot", "n/1"));

        var error = await Assert.ThrowsAsync<UnreadableStateException>(() => Told(grain));
        Assert.Contains("hot n/1", error.Message, StringComparison.Ordinal);
        await host.StopAsync();

        // Until the old activation has ended, a call may still meet it.
        static async Task Told(INotebookGrain grain)
        {
            for (var left = 100; left > 0; left--)
                await grain.Read();
        }
    }

    [Fact]
    public async Task The_health_check_asks_the_database()
    {
        using var host = await Start();
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Entries["storage"].Status);
        Assert.Contains("ready", report.Entries["storage"].Tags);
        await host.StopAsync();
    }

    async Task Spoil(RowKey key)
    {
        await using var database = Database.Open();
        var row = (await database.Read([key]))[0]!;
        await database.Commit([
            new RowWrite(key, row.Version, null, Guid.NewGuid(), new byte[64], null, null, null, [], []),
        ]);
    }

    internal virtual void Cluster(ISiloBuilder silo) => silo.UseLocalhostClustering(FreePort(), FreePort());

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static INotebookGrain Grain(IHost host) =>
        host.Services.GetRequiredService<IGrainFactory>().GetGrain<INotebookGrain>("n/1");

    async Task<IHost> Start()
    {
        var options = Database.Options();
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Provider"] = options.Provider.ToString(),
            ["Storage:ConnectionString"] = options.ConnectionString,
            ["Storage:Keys:Current"] = "1",
            ["Storage:Keys:Ring:1"] = options.Keys.Ring["1"],
        };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleans(silo =>
        {
            Cluster(silo);
            silo.AddClearanceStorage(builder.Configuration.GetSection("Storage").Get<StorageOptions>()!);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
