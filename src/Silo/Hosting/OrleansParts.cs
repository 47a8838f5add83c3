using System.Net;
using ClearanceEngine.Door;
using ClearanceEngine.Silo.Hsm;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using Orleans.Configuration;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The silo: who its neighbours are, where grains live and what they are stored and signed with.</summary>
static class OrleansParts
{
    const string ServiceId = "clearance-engine";

    /// <summary>How often a silo looks for idle grains; <see cref="EngineOptions.IdleAfter"/> must be longer. Buyers buy once in a while: each that stays is work for the collector.</summary>
    static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(10);

    public static void AddEngineSilo(
        this WebApplicationBuilder builder,
        EngineOptions engine,
        IntakeOptions intake,
        StorageOptions storage,
        HsmOptions hsm
    ) =>
        builder.Host.UseOrleans(silo =>
        {
            silo.JoinCluster(engine, storage);
            silo.UseSiloTls(engine.Tls);
            silo.AddPlacementDirector<DoorPlacement, DoorPlacementDirector>();
            silo.AddClearanceStorage(storage);
            silo.AddClearanceSigning(hsm);
            silo.Configure<GrainCollectionOptions>(o => o.CollectionAge = engine.IdleAfter);
            silo.Configure<GrainCollectionOptions>(o => o.CollectionQuantum = IdleLook);
            silo.Configure<GrainDirectoryOptions>(o => o.CacheSize = engine.DirectoryCacheSize);
            if (intake.Through == IntakePath.Streams)
                silo.AddIntakeStreams(engine, intake);
        });

    static void JoinCluster(this ISiloBuilder silo, EngineOptions engine, StorageOptions storage)
    {
        silo.Configure<ClusterOptions>(o =>
        {
            o.ClusterId = engine.ClusterId;
            o.ServiceId = ServiceId;
        });
        if (!engine.Cluster)
        {
            silo.UseLocalhostClustering(
                engine.SiloPort,
                engine.GatewayPort,
                serviceId: ServiceId,
                clusterId: engine.ClusterId
            );
            return;
        }
        silo.UseAdoNetClustering(o =>
        {
            o.Invariant = "Npgsql";
            o.ConnectionString = storage.ConnectionString;
        });
        if (engine.AdvertisedAddress is { } address)
            silo.ConfigureEndpoints(
                IPAddress.Parse(address),
                engine.SiloPort,
                engine.GatewayPort,
                listenOnAnyHostAddress: true
            );
        else
            silo.ConfigureEndpoints(engine.SiloPort, engine.GatewayPort, listenOnAnyHostAddress: true);
    }
}
