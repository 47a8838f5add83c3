using ClearanceEngine.Parcels;
using ClearanceEngine.Rules;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Storage;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Tests.Parcels;
using ClearanceEngine.Unmatched;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;

namespace ClearanceEngine.Tests.Grains;

/// <summary>A cluster of one silo with activations of its own over the store of a test.</summary>
sealed class GrainHost : IAsyncDisposable
{
    readonly InProcessTestCluster _cluster;

    GrainHost(InProcessTestCluster cluster, string name, FakeDispatch dispatch, Calls calls) =>
        (_cluster, Name, Dispatch, Calls) = (cluster, name, dispatch, calls);

    public string Name { get; }

    public FakeDispatch Dispatch { get; }

    public Calls Calls { get; }

    public static async Task<GrainHost> Start(
        string name,
        Journal journal,
        MemoryStore store,
        TimeProvider time,
        FakeUnclaimed unclaimed
    )
    {
        var (dispatch, calls) = (new FakeDispatch(journal, name), new Calls(journal, name));
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddSingleton(time)
                    .AddSingleton(ParcelWorld.Rules)
                    .AddSingleton(LimitTable.Default)
                    .AddSingleton(new QuotaOptions())
                    .AddSingleton(new UnmatchedOptions())
                    .AddSingleton(new SignedMessageOptions())
                    .AddSingleton<IOutboxDispatcher>(dispatch)
                    .AddSingleton<IDocumentIndex>(store)
                    .AddSingleton<IUnclaimedReceipts>(unclaimed)
                    .AddGrainStorage("parcels", (_, _) => new MemoryGrainStorage(store, name));
                silo.AddIncomingGrainCallFilter(calls);
            }
        );
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new GrainHost(cluster, name, dispatch, calls);
    }

    public T Grain<T>(string key)
        where T : IGrainWithStringKey => _cluster.Client.GetGrain<T>(key);

    /// <summary>Ends the activation; the next call makes a new one, which reads what is stored.</summary>
    public Task Deactivate(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public ValueTask DisposeAsync()
    {
        Calls.Close();
        return _cluster.DisposeAsync();
    }
}
