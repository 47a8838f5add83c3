using System.Net;
using System.Net.Sockets;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Tests.Access;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using static ClearanceEngine.Silo.Hosting.NeighbourChecks;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>A silo that cannot join is a line that names the setting, before it tries.</summary>
public sealed class NeighbourChecksTests : IDisposable
{
    /// <summary>Of TEST-NET-1, which is nowhere.</summary>
    const string Nowhere = "192.0.2.7";

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-neighbours-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Of_a_silo_that_runs_it_is_known_whether_it_has_TLS()
    {
        using var authority = new SiloAuthority(_directory, "ours");
        var (plain, secured) = (new SiloTlsOptions(), authority.Issue("silo"));
        await Beside(plain, async silo =>
        {
            Assert.Equal(Speech.Plain, await Listen(silo));
            await CheckTls(plain, silo);
            Assert.Contains("does not use TLS", await Refusal(secured, silo), StringComparison.Ordinal);
        });
        await Beside(secured, async silo =>
        {
            Assert.Equal(Speech.Tls, await Listen(silo));
            await CheckTls(secured, silo);
            Assert.Contains("It is not set", await Refusal(plain, silo), StringComparison.Ordinal);
        });
    }

    static async Task<string> Refusal(SiloTlsOptions ours, IPEndPoint silo)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => CheckTls(ours, silo));
        Assert.StartsWith("Engine:Tls:CertificateFile", refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }

    [Fact]
    public async Task Of_whoever_is_away_or_says_nothing_nothing_is_known()
    {
        Assert.Equal(Speech.Unknown, await Listen(new IPEndPoint(IPAddress.Loopback, Ports.Free())));
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        Assert.Equal(Speech.Unknown, await Listen((IPEndPoint)mute.LocalEndpoint));
    }

    [Fact]
    public async Task An_address_that_leads_elsewhere_is_refused_by_name()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            CheckAdvertised(Of(Nowhere))
        );
        Assert.StartsWith(
            $"Engine:AdvertisedAddress = {Nowhere}：不是本机地址",
            refused.Message,
            StringComparison.Ordinal
        );
        await CheckAdvertised(Of("127.0.0.1"));
        await CheckAdvertised(Of(null));
    }

    [Fact]
    public async Task A_port_that_leads_to_this_silo_is_known_from_one_that_leads_to_another()
    {
        var port = Ports.Free();
        Assert.True(await LeadsHere(new IPEndPoint(IPAddress.Loopback, port)));
        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        Assert.False(await LeadsHere(new IPEndPoint(IPAddress.Loopback, port)));
    }

    static EngineOptions Of(string? address) =>
        new()
        {
            Cluster = true,
            AdvertisedAddress = address,
            SiloPort = Ports.Free(),
        };

    static async Task Beside(SiloTlsOptions tls, Func<IPEndPoint, Task> look)
    {
        var port = Ports.Free();
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(port, 0);
            silo.UseSiloTls(tls);
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await look(new IPEndPoint(IPAddress.Loopback, port));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
