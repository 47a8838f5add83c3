using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Tests.Door;
using ClearanceEngine.Tests.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>Machines that come with a certificate, over TLS as the server has it.</summary>
public sealed class CertificateTests : IDisposable
{
    const string Https = "--Kestrel:Endpoints:Https:Url=https://127.0.0.1:0";

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-certificates-").FullName;
    readonly SiloAuthority _authority;

    public CertificateTests() => _authority = new SiloAuthority(_directory, "authority");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_certificate_of_the_list_says_who_asks()
    {
        using var certificate = Certificate("erp");
        await using var door = await Start(certificate);
        using var answer = await Me(door, certificate);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var me = JsonDocument.Parse(text).RootElement;
        Assert.Equal("erp", me.GetProperty("name").GetString());
        Assert.Equal("certificate", me.GetProperty("kind").GetString());
        Assert.Equal("operator", Assert.Single(me.GetProperty("roles").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task One_that_is_not_on_the_list_is_refused_whoever_issued_it()
    {
        using var certificate = Certificate("erp");
        using var other = Certificate("other");
        await using var door = await Start(certificate);
        using var answer = await Me(door, other);

        await DoorAnswersTests.Problem(answer, 401, "credential-invalid");
    }

    [Fact]
    public async Task One_whose_time_is_over_is_refused_though_it_is_on_the_list()
    {
        using var certificate = Certificate("erp", until: DateTimeOffset.UtcNow.AddHours(-1));
        await using var door = await Start(certificate);
        using var answer = await Me(door, certificate);

        await DoorAnswersTests.Problem(answer, 401, "credential-invalid");
    }

    [Fact]
    public async Task Who_brings_none_is_asked_to_sign_in()
    {
        using var certificate = Certificate("erp");
        await using var door = await Start(certificate);
        using var answer = await Me(door, null);

        await DoorAnswersTests.Problem(answer, 401, "sign-in-needed");
    }

    [Theory]
    [InlineData("--Urls=http://127.0.0.1:8080", true)]
    [InlineData(Https, false)]
    public void Certificates_want_an_address_at_which_they_can_be_shown(string address, bool isRefused)
    {
        using var certificate = Certificate("erp");
        var configuration = new ConfigurationBuilder()
            .AddCommandLine([.. Listed(certificate), address])
            .Build();

        var faults = EngineSettings.Look(configuration).Faults.Where(f => f.Name == "Access:Certificates");

        Assert.Equal(isRefused, faults.Any());
        Assert.All(faults, f =>
            Assert.Matches(@"[\u4e00-\u9fff].*Door:Tls:CertificateFile.*[a-z]{4}", f.ToString())
        );
    }

    X509Certificate2 Certificate(string name, DateTimeOffset? until = null) =>
        Load(_authority.Issue(name, until));

    Task<DoorHost> Start(X509Certificate2 certificate)
    {
        var server = _authority.Issue("server");
        return DoorHost.Start([
            Https,
            $"--Kestrel:Endpoints:Https:Certificate:Path={server.CertificateFile}",
            $"--Kestrel:Endpoints:Https:Certificate:KeyPath={server.KeyFile}",
            .. Listed(certificate),
        ]);
    }

    static string[] Listed(X509Certificate2 certificate) =>
        [
            "--Access:Certificates:0:Name=erp",
            $"--Access:Certificates:0:Thumbprint={certificate.GetCertHashString(HashAlgorithmName.SHA256)}",
            "--Access:Certificates:0:Roles:0=operator",
        ];

    static X509Certificate2 Load(SiloTlsOptions files) =>
        X509Certificate2.CreateFromPemFile(files.CertificateFile!, files.KeyFile);

    static async Task<HttpResponseMessage> Me(DoorHost door, X509Certificate2? certificate)
    {
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        if (certificate is not null)
            handler.ClientCertificates.Add(certificate);
        using var http = new HttpClient(handler);
        return await http.GetAsync(new Uri(door.Address, "api/v1/me"));
    }
}
