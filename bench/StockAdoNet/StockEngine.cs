using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Storage;

namespace ClearanceEngine.Bench.StockAdoNet;

/// <summary>Our engine, with <see cref="StockStorage"/> for the grains of the hot path.</summary>
static class StockEngine
{
    public static async Task<int> Run(string[] arguments)
    {
        await using var app = EngineHost.Build(arguments, builder =>
            builder.Host.UseServiceProviderFactory(new Replacing())
        );
        await EngineHost.Prepare(app.Services, null, CancellationToken.None);
        await app.RunAsync();
        return 0;
    }

    /// <summary>The last registration of a name counts, and this one is the last of all.</summary>
    sealed class Replacing : IServiceProviderFactory<IServiceCollection>
    {
        public IServiceCollection CreateBuilder(IServiceCollection services) =>
            services.AddKeyedSingleton<IGrainStorage>(StorageExtensions.Parcels, (provider, _) =>
                new StockStorage(
                    provider.GetRequiredKeyedService<IGrainStorage>(StorageExtensions.Settings),
                    NpgsqlDataSource.Create(
                        $"{provider.GetRequiredService<StorageOptions>().ConnectionString};Max Auto Prepare=20"
                    )
                )
            );

        public IServiceProvider CreateServiceProvider(IServiceCollection services) =>
            services.BuildServiceProvider();
    }
}
