using System.Reflection;
using System.Runtime.InteropServices;

namespace ClearanceEngine.DevelopmentBroker;

/// <summary>The functions of librdkafka's mock cluster that the development broker needs.</summary>
static partial class MockCluster
{
    const string Library = "librdkafka";

    static MockCluster() => NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, Resolve);

    /// <summary>The plain build may miss a library on slim systems; the centos8 build links everything in (the client does likewise).</summary>
    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        foreach (var candidate in (string[])["librdkafka", "centos8-librdkafka", "alpine-librdkafka"])
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle))
                return handle;
        }
        return 0;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ConfSet(
        nint conf,
        string name,
        string value,
        [Out] byte[] error,
        nuint errorSize
    );

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint New(int type, nint conf, [Out] byte[] error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    internal static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    internal static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    internal static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    internal static partial nint Bootstraps(nint cluster);

    [LibraryImport(
        Library,
        EntryPoint = "rd_kafka_mock_broker_set_host_port",
        StringMarshalling = StringMarshalling.Utf8
    )]
    internal static partial int SetHostPort(nint cluster, int broker, string host, int port);

    [LibraryImport(
        Library,
        EntryPoint = "rd_kafka_mock_topic_create",
        StringMarshalling = StringMarshalling.Utf8
    )]
    internal static partial int TopicCreate(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    internal static partial int SetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    internal static partial int SetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    internal static partial void PushErrors(nint cluster, short apiKey, nuint count, int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    internal static partial void InitialRebalanceDelay(nint cluster, int milliseconds);
}
