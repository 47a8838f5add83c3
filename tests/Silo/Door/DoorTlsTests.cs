using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Tests.Access;
using ClearanceEngine.Tests.Hosting;

namespace ClearanceEngine.Tests.Door;

/// <summary>The door by https, with a certificate of its own.</summary>
public sealed class DoorTlsTests : IDisposable
{
    const string Https = "--Kestrel:Endpoints:Https:Url=https://127.0.0.1:0";

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-tls-").FullName;
    readonly SiloAuthority _authority;
    readonly TestIssuer _issuer = new();

    public DoorTlsTests() => _authority = new SiloAuthority(_directory, "authority");

    public void Dispose()
    {
        _issuer.Dispose();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_certificate_that_was_renewed_in_place_is_shown_to_the_next_connection()
    {
        var files = _authority.Issue("door");
        await using var door = await DoorHost.Start(Settings(files));
        var (first, _) = await Ask(door);
        Assert.Equal(Serial(files), first.SerialNumber);

        _authority.Issue("door");
        var (second, _) = await Ask(door);

        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.Equal(Serial(files), second.SerialNumber);
    }

    [Fact]
    public async Task Who_came_by_https_is_told_to_come_by_nothing_else_and_who_did_not_is_not()
    {
        await using var secure = await DoorHost.Start(Settings(_authority.Issue("door")));
        var (_, headers) = await Ask(secure, "door.example");
        Assert.Equal("max-age=31536000", Assert.Single(headers.GetValues("Strict-Transport-Security")));

        await using var plain = await DoorHost.Start();
        using var answer = await plain.Http.GetAsync(new Uri("/", UriKind.Relative));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Behind_a_known_proxy_it_is_the_proxy_that_says_how_the_client_came()
    {
        await using var known = await DoorHost.Start([
            .. _issuer.Settings,
            "--Door:KnownProxies:0=127.0.0.1",
        ]);
        await using var unknown = await DoorHost.Start();

        Assert.True(await IsToldHttpsOnly(known));
        Assert.False(await IsToldHttpsOnly(unknown));
    }

    [Fact]
    public void Files_that_are_no_pair_are_told_before_anything_starts()
    {
        var (good, other) = (_authority.Issue("door"), _authority.Issue("other"));
        (DoorTlsOptions Options, string Named)[] wrong =
        [
            (Options(good.CertificateFile, ""), "It is empty; give CertificateFile and KeyFile"),
            (Options("", good.KeyFile), "It is empty; give CertificateFile and KeyFile"),
            (Options(good.CertificateFile, "/nowhere"), "does not exist"),
            (Options(good.CertificateFile, other.KeyFile), "cannot be used with KeyFile"),
        ];

        Assert.Empty(SettingsCheck.Of("Door:Tls", Options(good.CertificateFile, good.KeyFile)));
        Assert.All(wrong, w =>
        {
            var fault = Assert.Single(SettingsCheck.Of("Door:Tls", w.Options));
            Assert.Contains(w.Named, fault.ToString(), StringComparison.Ordinal);
        });
    }

    static DoorTlsOptions Options(string certificate, string key) =>
        new() { CertificateFile = certificate, KeyFile = key };

    static string[] Settings(SiloTlsOptions files) =>
        [Https, $"--Door:Tls:CertificateFile={files.CertificateFile}", $"--Door:Tls:KeyFile={files.KeyFile}"];

    static string Serial(SiloTlsOptions files) =>
        X509Certificate2.CreateFromPem(File.ReadAllText(files.CertificateFile)).SerialNumber;

    static async Task<bool> IsToldHttpsOnly(DoorHost door)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative));
        request.Headers.Host = "door.example";
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var answer = await door.Http.SendAsync(request);
        return answer.Headers.Contains("Strict-Transport-Security");
    }

    /// <summary>By a connection of its own.</summary>
    static async Task<(X509Certificate2 Shown, HttpResponseHeaders Headers)> Ask(
        DoorHost door,
        string? host = null
    )
    {
        X509Certificate2? shown = null;
        using var handler = new HttpClientHandler();
        handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
        {
            shown = X509CertificateLoader.LoadCertificate(certificate!.RawData);
            return shown.Issuer.StartsWith("CN=TEST ONLY", StringComparison.Ordinal);
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, door.Address);
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (shown!, answer.Headers);
    }
}
