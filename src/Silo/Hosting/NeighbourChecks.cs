using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>
/// Whether this silo can join those that run, asked before it tries: a wrong address, or TLS on one side only, is one line that
/// names the setting, where Orleans would try for minutes on both sides and leave traces.
/// </summary>
static class NeighbourChecks
{
    /// <summary>How long a connection, or the other side's first word, is waited for.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>All speak alike; one that answers is enough, and the dead must not hold up the start.</summary>
    const int Most = 3;

    /// <summary>How a silo speaks.</summary>
    internal enum Speech
    {
        /// <summary>Nobody is there, or says nothing that is known.</summary>
        Unknown,

        /// <summary>Without TLS.</summary>
        Plain,

        /// <summary>With TLS.</summary>
        Tls,
    }

    /// <summary>An address that is none of this machine's must lead here nevertheless, as behind a mapped port; else no silo reaches this one.</summary>
    /// <exception cref="OptionsValidationException">It does not.</exception>
    public static async Task CheckAdvertised(EngineOptions engine)
    {
        if (!engine.Cluster || engine.AdvertisedAddress is not { } text)
            return;
        var place = new IPEndPoint(IPAddress.Parse(text), engine.SiloPort);
        if (IsOfThisMachine(place.Address) || await LeadsHere(place))
            return;
        throw Refused(
            $"Engine:AdvertisedAddress = {text}：不是本机地址，经 {place} 也连不到本节点，其他节点将无法连接。It is no address of this machine, and {place} does not lead to this silo, so no other could reach it. Give the address that the others see (in Kubernetes the pod's, status.podIP), or leave the setting away."
        );
    }

    /// <summary>Asks silos that run how they speak.</summary>
    /// <exception cref="OptionsValidationException">Otherwise than this one would.</exception>
    public static async Task CheckTls(IServiceProvider services)
    {
        var engine = services.GetRequiredService<EngineOptions>();
        if (!engine.Cluster)
            return;
        var table = services.GetRequiredService<IMembershipTable>();
        // As the silo itself does next: of a cluster that never ran nothing could be read.
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, CancellationToken.None);
        var running = (await table.ReadAllAsync(CancellationToken.None))
            .Members.Select(m => m.Item1)
            .Where(m => m.Status == SiloStatus.Active)
            .OrderByDescending(m => m.IAmAliveTime)
            .Take(Most);
        foreach (var silo in running)
        {
            if (await CheckTls(engine.Tls, silo.SiloAddress.Endpoint) != Speech.Unknown)
                return;
        }
    }

    /// <summary>How the other silo speaks, which is as we do or unknown.</summary>
    /// <exception cref="OptionsValidationException">The other silo has TLS and we do not, or the other way.</exception>
    internal static async Task<Speech> CheckTls(SiloTlsOptions ours, IPEndPoint other)
    {
        var speech = await Listen(other);
        if (speech == Speech.Tls && !ours.IsOn)
            throw Refused(
                $"Engine:Tls:CertificateFile：未设置，而同一集群的节点 {other} 使用 TLS。It is not set, but silo {other} of this cluster uses TLS. Give Engine:Tls:CertificateFile, KeyFile and AuthorityFile as there."
            );
        if (speech == Speech.Plain && ours.IsOn)
            throw Refused(
                $"Engine:Tls:CertificateFile = {ours.CertificateFile}：已设置，而同一集群的节点 {other} 不使用 TLS。It is set, but silo {other} of this cluster does not use TLS. All silos have it or none: stop them all, give each its files, and start them."
            );
        return speech;
    }

    /// <summary>A silo without TLS speaks first; one with TLS waits for the client's hello, and answers it.</summary>
    internal static async Task<Speech> Listen(IPEndPoint silo)
    {
        try
        {
            return await SpeaksFirst(silo) ? Speech.Plain
                : await AnswersHello(silo) ? Speech.Tls
                : Speech.Unknown;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return Speech.Unknown;
        }
    }

    static async Task<bool> SpeaksFirst(IPEndPoint silo)
    {
        using var client = await Connect(silo);
        try
        {
            using var enough = new CancellationTokenSource(Patience);
            return await client.GetStream().ReadAsync(new byte[1], enough.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    static async Task<bool> AnswersHello(IPEndPoint silo)
    {
        using var client = await Connect(silo);
        using var enough = new CancellationTokenSource(Patience);
        var shown = false;
        var hello = new SslClientAuthenticationOptions
        {
            TargetHost = "clearance-silo",
            // Only whether it has one is asked; nothing is said to whoever it is.
            RemoteCertificateValidationCallback = (_, _, _, _) => !(shown = true),
            LocalCertificateSelectionCallback = (_, _, _, _, _) =>
            {
                shown = true;
                return null!;
            },
        };
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(hello, enough.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // As expected: we showed no certificate, or took none.
        }
        return shown;
    }

    static async Task<TcpClient> Connect(IPEndPoint place)
    {
        var client = new TcpClient(place.AddressFamily);
        try
        {
            using var enough = new CancellationTokenSource(Patience);
            await client.ConnectAsync(place, enough.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    static bool IsOfThisMachine(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Any(a => a.Address.Equals(address));

    /// <summary>Whether who connects there comes out on this machine's silo port.</summary>
    internal static async Task<bool> LeadsHere(IPEndPoint place)
    {
        var any = place.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        using var listener = new TcpListener(any, place.Port);
        var word = Guid.NewGuid().ToByteArray();
        try
        {
            listener.Start();
            using var enough = new CancellationTokenSource(Patience);
            using var client = await Connect(place);
            await client.GetStream().WriteAsync(word, enough.Token);
            using var came = await listener.AcceptTcpClientAsync(enough.Token);
            var heard = new byte[word.Length];
            await came.GetStream().ReadExactlyAsync(heard, enough.Token);
            return heard.SequenceEqual(word);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    static OptionsValidationException Refused(string text) => new("Engine", typeof(EngineOptions), [text]);
}
