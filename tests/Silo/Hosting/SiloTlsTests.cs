using System.Net;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Tests.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Who may join the silos: whoever shows a certificate of their authority, and nobody else.</summary>
public sealed class SiloTlsTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-tls-").FullName;
    readonly SiloAuthority _ours;
    readonly int _firstPort = Ports.Free();

    public SiloTlsTests() => _ours = new SiloAuthority(_directory, "ours");

    public void Dispose()
    {
        _ours.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Silos_with_certificates_of_one_authority_join_and_those_without_cannot()
    {
        using var first = Silo(_firstPort, _ours.Issue("first"));
        await first.StartAsync(TestContext.Current.CancellationToken);
        using var second = Silo(Ports.Free(), _ours.Issue("second"));
        await second.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, await Active(first));

        using var elsewhere = new SiloAuthority(_directory, "elsewhere");
        // Its own authority vouches for it, and it would take ours for good: ours must refuse it.
        var foreign = elsewhere.Issue("foreign");
        foreign.AuthorityFile = _ours.AuthorityFile;
        Assert.All(await Task.WhenAll(Joins(new SiloTlsOptions()), Joins(foreign)), joined =>
            Assert.False(joined)
        );
        Assert.Equal(2, await Active(first));

        await second.StopAsync(TestContext.Current.CancellationToken);
        await first.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Files_that_cannot_work_are_refused_by_name()
    {
        using var elsewhere = new SiloAuthority(_directory, "elsewhere");
        var good = _ours.Issue("good");
        Assert.Empty(SettingsCheck.Of("Engine:Tls", good));
        Assert.Empty(SettingsCheck.Of("Engine:Tls", new SiloTlsOptions()));
        (SiloTlsOptions Options, string Named)[] wrong =
        [
            (With(good, key: ""), "It is empty; give CertificateFile"),
            (With(good, key: "/nowhere"), "Engine:Tls:KeyFile = /nowhere: "),
            (With(good, key: elsewhere.Issue("other").KeyFile), "cannot be used"),
            (With(good, authority: elsewhere.AuthorityFile), "issued by Engine:Tls:AuthorityFile"),
            (_ours.Issue("old", DateTimeOffset.UtcNow.AddHours(-1)), "not valid now"),
        ];
        Assert.All(wrong, w =>
        {
            var fault = Assert.Single(SettingsCheck.Of("Engine:Tls", w.Options));
            Assert.Contains(w.Named, fault.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_certificate_that_was_renewed_in_place_is_taken_without_a_restart()
    {
        var options = _ours.Issue("silo");
        var certificates = new SiloCertificates(options);
        var before = certificates.Own().SerialNumber;
        Assert.Equal(before, certificates.Own().SerialNumber);

        _ours.Issue("silo");
        Assert.NotEqual(before, certificates.Own().SerialNumber);
        File.WriteAllText(options.CertificateFile, "half writ");
        Assert.True(certificates.IsOfOurs(certificates.Own()));
    }

    /// <summary>A gateway is a way to every grain, past every check of the door.</summary>
    [Fact]
    public async Task No_gateway_listens_unless_its_port_is_named()
    {
        var (siloPort, gateway) = (Ports.Free(), Ports.Free());
        await using (var closed = Engine(siloPort))
        {
            Assert.Equal(0, closed.Services.GetRequiredService<EngineOptions>().GatewayPort);
            var endpoints =
                closed.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<EndpointOptions>>();
            Assert.Equal((0, siloPort), (endpoints.Value.GatewayPort, endpoints.Value.SiloPort));
            Assert.Null(closed.Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress);
        }
        await using var open = Engine(siloPort, $"--Engine:GatewayPort={gateway}");
        Assert.Equal(
            gateway,
            open.Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress?.Endpoint.Port
        );
    }

    Microsoft.AspNetCore.Builder.WebApplication Engine(int siloPort, params string[] settings) =>
        EngineHost.Build([
            $"--Engine:DataDirectory={_directory}/data",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:Simulator=false",
            $"--Engine:SiloPort={siloPort}",
            .. settings,
        ]);

    async Task<bool> Joins(SiloTlsOptions options)
    {
        using var stranger = Silo(Ports.Free(), options);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(6));
        try
        {
            await stranger.StartAsync(patience.Token).WaitAsync(patience.Token);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    IHost Silo(int port, SiloTlsOptions tls) =>
        new HostBuilder()
            .ConfigureLogging(l => l.ClearProviders())
            .UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(
                    port,
                    gatewayPort: 0,
                    primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, _firstPort)
                );
                silo.Configure<SiloMessagingOptions>(o => o.SystemResponseTimeout = TimeSpan.FromSeconds(5));
                silo.UseSiloTls(tls);
            })
            .Build();

    static async Task<int> Active(IHost silo)
    {
        var hosts = await silo
            .Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IManagementGrain>(0)
            .GetHosts(onlyActive: true);
        return hosts.Count;
    }

    static SiloTlsOptions With(SiloTlsOptions good, string? key = null, string? authority = null) =>
        new()
        {
            CertificateFile = good.CertificateFile,
            KeyFile = key ?? good.KeyFile,
            AuthorityFile = authority ?? good.AuthorityFile,
        };
}
