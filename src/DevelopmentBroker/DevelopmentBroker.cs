using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace ClearanceEngine.DevelopmentBroker;

/// <summary>
/// One Kafka broker inside this process, so that the engine runs with nothing but the .NET SDK. It speaks the real
/// protocol to any client on loopback (kcat too), with keys, headers, groups and commits.
/// It is for development only: records live in memory and are lost at exit, a partition keeps 5 MiB or 100,000 batches
/// and silently drops the oldest, and there are no transactions and no seek by time.
/// </summary>
public sealed class KafkaDevelopmentBroker : IAsyncDisposable
{
    const int Producer = 0;

    readonly nint _client;
    readonly nint _cluster;
    readonly TcpListener? _relay;
    readonly CancellationTokenSource _stop = new();

    KafkaDevelopmentBroker(nint client, nint cluster, TcpListener? relay, string bootstrapServers)
    {
        _client = client;
        _cluster = cluster;
        _relay = relay;
        BootstrapServers = bootstrapServers;
    }

    /// <summary>What clients connect to.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a broker on loopback.</summary>
    /// <param name="port">Port to listen on; 0 means any free one.</param>
    /// <exception cref="SocketException">The port is taken: on another one nobody who was told of this one would find the broker.</exception>
    /// <exception cref="InvalidOperationException">librdkafka could not start it.</exception>
    public static KafkaDevelopmentBroker Start(int port = 0)
    {
        // First, since it is what can fail by another's doing.
        var relay = Listen(port);
        // The client's own loader has found a build of librdkafka that this system can load.
        Library.Load();
        var error = new byte[512];
        var conf = MockCluster.ConfNew();
        if (
            MockCluster.ConfSet(conf, "client.id", "development-broker", error, (nuint)error.Length) != 0
            || MockCluster.ConfSet(conf, "log_level", "3", error, (nuint)error.Length) != 0
        )
            throw Failed("configuration", error);
        var client = MockCluster.New(Producer, conf, error, (nuint)error.Length);
        if (client == 0)
            throw Failed("client", error);
        var cluster = MockCluster.ClusterNew(client, 1);
        if (cluster == 0)
        {
            MockCluster.Destroy(client);
            throw Failed("cluster", error);
        }
        MockCluster.InitialRebalanceDelay(cluster, 0);
        var inner = Marshal.PtrToStringUTF8(MockCluster.Bootstraps(cluster))!;
        if (relay is null)
            return new KafkaDevelopmentBroker(client, cluster, null, inner);

        // The mock listens on a port of its own choice; a relay gives it the fixed one, which it then names to clients.
        var at = ((IPEndPoint)relay.LocalEndpoint).Port;
        Check(MockCluster.SetHostPort(cluster, 1, "127.0.0.1", at));
        var broker = new KafkaDevelopmentBroker(client, cluster, relay, $"127.0.0.1:{at}");
        _ = broker.Relay(IPEndPoint.Parse(inner.Split(',')[0]));
        return broker;
    }

    /// <summary>Creates a topic; one that is there already stays as it is.</summary>
    public void CreateTopic(string topic, int partitions) =>
        MockCluster.TopicCreate(_cluster, topic, partitions, 1);

    /// <summary>Fault injection: the broker drops its connections and takes no new ones.</summary>
    public void GoDown() => Check(MockCluster.SetDown(_cluster, 1));

    /// <summary>Fault injection: the broker is back.</summary>
    public void ComeUp() => Check(MockCluster.SetUp(_cluster, 1));

    /// <summary>Fault injection: the next requests of this API (Kafka's number: 0 produce, 1 fetch, 8 offset commit) fail, one error each.</summary>
    public void FailNext(short apiKey, params ErrorCode[] errors) =>
        MockCluster.PushErrors(_cluster, apiKey, (nuint)errors.Length, [.. errors.Select(e => (int)e)]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _relay?.Stop();
        MockCluster.ClusterDestroy(_cluster);
        MockCluster.Destroy(_client);
        _stop.Dispose();
    }

    static TcpListener? Listen(int port)
    {
        if (port == 0)
            return null;
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }
    }

    async Task Relay(IPEndPoint inner)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var outer = await _relay!.AcceptTcpClientAsync(_stop.Token);
                _ = Pump(outer, inner);
            }
            catch (Exception e)
                when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task Pump(TcpClient outer, IPEndPoint inner)
    {
        using (outer)
        using (var to = new TcpClient { NoDelay = true })
        {
            outer.NoDelay = true;
            try
            {
                await to.ConnectAsync(inner, _stop.Token);
                await using var a = outer.GetStream();
                await using var b = to.GetStream();
                await Task.WhenAny(a.CopyToAsync(b, _stop.Token), b.CopyToAsync(a, _stop.Token));
            }
            catch (Exception e)
                when (e
                        is OperationCanceledException
                            or SocketException
                            or IOException
                            or ObjectDisposedException
                )
            {
                // One side went away: so does the other.
            }
        }
    }

    static void Check(int error)
    {
        if (error != 0)
            throw new KafkaException((ErrorCode)error);
    }

    static InvalidOperationException Failed(string part, byte[] error) =>
        new(
            $"The development broker could not start its {part}: {Encoding.UTF8.GetString(error).TrimEnd('\0')}"
        );
}
