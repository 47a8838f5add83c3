using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>How a caller proves who it is.</summary>
public enum CredentialKind
{
    Token,
    Certificate,
}

/// <summary>An engine that listens to a provider's tokens and to certificates, with one for each role and each of two companies.</summary>
public sealed class CredentialEngine : IAsyncLifetime
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly TestIssuer _issuer = new();
    readonly Dictionary<string, X509Certificate2> _certificates = new(StringComparer.Ordinal);
    WebApplication _app = null!;

    /// <summary>Whose parcel it is, and a company that has nothing to do with it.</summary>
    internal static IReadOnlyList<string> Companies { get; } =
    [SampleParcel.Platform, SampleParcel.Warehouse];

    internal IReadOnlyList<RouteEndpoint> Endpoints =>
        [
            .. _app
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<RightRequirement>() is not null),
        ];

    public async ValueTask InitializeAsync()
    {
        using var authority = new SiloAuthority(_directory, "authority");
        var door = authority.Issue("door");
        _app = EngineHost.Build([
            $"--Engine:DataDirectory={_directory}",
            "--Engine:DevelopmentBrokerPort=0",
            "--Engine:Simulator=false",
            $"--Engine:SiloPort={Given.Port()}",
            "--Kestrel:Endpoints:Https:Url=https://127.0.0.1:0",
            $"--Door:Tls:CertificateFile={door.CertificateFile}",
            $"--Door:Tls:KeyFile={door.KeyFile}",
            "--Door:NotFoundTime=0",
            "--Engine:AllowDevelopmentParts=Broker,Database,Token,Participants",
            "--Logging:LogLevel:Default=Error",
            .. _issuer.Settings,
            .. Listed(authority),
        ]);
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        foreach (var certificate in _certificates.Values)
            certificate.Dispose();
        _issuer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A client of a caller of this role that is bound to a company.</summary>
    internal HttpClient Http(CredentialKind kind, Role role, string company)
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        var http = new HttpClient(handler) { BaseAddress = new Uri(_app.Urls.First() + "/") };
        if (kind == CredentialKind.Certificate)
            handler.ClientCertificates.Add(_certificates[Name(role, company)]);
        else
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                _issuer.Token(WireName.Of(role), company)
            );
        return http;
    }

    IEnumerable<string> Listed(SiloAuthority authority)
    {
        var callers =
            from role in Enum.GetValues<Role>()
            from company in Companies
            select (Role: role, Company: company);
        foreach (var (index, caller) in callers.Index())
        {
            var name = Name(caller.Role, caller.Company);
            var files = authority.Issue(name);
            var certificate = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile);
            _certificates[name] = certificate;

            var setting = $"--Access:Certificates:{index}";
            yield return $"{setting}:Name={name}";
            yield return $"{setting}:Thumbprint={certificate.GetCertHashString(HashAlgorithmName.SHA256)}";
            yield return $"{setting}:Roles:0={caller.Role}";
            yield return $"{setting}:Participants:0={caller.Company}";
        }
    }

    static string Name(Role role, string company) => $"{WireName.Of(role)}-{company}";
}

/// <summary>Each endpoint for each role with its own and another's parcel, by each kind of credential, as the table of rights has it.</summary>
public sealed class CredentialMatrixTests(CredentialEngine engine) : IClassFixture<CredentialEngine>
{
    static int _parcels;

    public static MatrixTheoryData<CredentialKind, Role, string> Callers =>
        new(Enum.GetValues<CredentialKind>(), Enum.GetValues<Role>(), CredentialEngine.Companies);

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task A_caller_reaches_what_the_table_gives_its_role_and_of_others_nothing(
        CredentialKind kind,
        Role role,
        string company
    )
    {
        using var platform = engine.Http(CredentialKind.Token, Role.Company, SampleParcel.Platform);
        using var http = engine.Http(kind, role, company);
        var parcel = Parcel(Interlocked.Increment(ref _parcels));
        await Declare(platform, parcel.Order());
        using (var payer = engine.Http(CredentialKind.Token, Role.Company, SampleParcel.Payer))
            await Declare(payer, parcel.Payment());
        var before = await AtRest(platform, parcel);
        var isOwn = company == SampleParcel.Platform;

        foreach (var endpoint in engine.Endpoints)
        {
            var right = endpoint.Metadata.GetRequiredMetadata<RightRequirement>().Right;
            using var request = Request(endpoint, parcel);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var expected = Expected(endpoint, RightsTable.Of(role, right), isOwn);
            Assert.True(
                Told(answer.StatusCode) == expected,
                $"{request.Method} {request.RequestUri}: {answer.StatusCode}, expected {expected}"
            );
        }

        if (!isOwn && RightsTable.Of(role, Right.CloseParcels) == Reach.None)
            Assert.Equal(before, await Shown(platform, parcel));
    }

    /// <summary>The answers that refuse a caller; null for whatever an endpoint says to one that it let in.</summary>
    static HttpStatusCode? Told(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            ? status
            : null;

    static HttpStatusCode? Expected(RouteEndpoint endpoint, Reach reach, bool isOwn)
    {
        if (reach == Reach.None)
            return HttpStatusCode.Forbidden;
        if (reach == Reach.All || isOwn)
            return null;

        // These name themselves whose they are; what else is another's is not there.
        return endpoint.RoutePattern.RawText is ApiPaths.Messages or ApiPaths.Changes
            ? HttpStatusCode.Forbidden
            : HttpStatusCode.NotFound;
    }

    static SampleParcel Parcel(int number) =>
        new()
        {
            OrderNo = $"MATRIX-{number}",
            Mode = "1210",
            Person = 71,
            Serial = $"8{number:D5}",
            At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
        };

    static HttpRequestMessage Request(RouteEndpoint endpoint, SampleParcel parcel)
    {
        var method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
        var pattern = endpoint.RoutePattern.RawText!.Trim('/');
        var address = pattern
            .Replace("{ebpCode}", SampleParcel.Platform, StringComparison.Ordinal)
            .Replace("{orderNo}", parcel.OrderNo, StringComparison.Ordinal);
        return new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(address + Query(pattern, parcel), UriKind.Relative)
        )
        {
            Content = Content(pattern, parcel),
        };
    }

    static string Query(string pattern, SampleParcel parcel) =>
        pattern switch
        {
            "api/v1/parcels" =>
                $"?payment={parcel.Payment()[PaymentHead.PayTransactionId]}&company={SampleParcel.Payer}",
            "api/v1/changes" => $"?participant={SampleParcel.Platform}&after=latest&wait=0",
            _ when pattern.EndsWith("/resend", StringComparison.Ordinal) => "?document=order",
            _ => "",
        };

    static HttpContent? Content(string pattern, SampleParcel parcel) =>
        pattern switch
        {
            "ceb" => Message(parcel.Order()),
            "api/v1/quota" => Json(
                $$"""{"idNumber":"{{parcel.Order()[OrderHead.BuyerIdNumber]}}","year":2026,"reason":"matrix"}"""
            ),
            _ when pattern.EndsWith("/close", StringComparison.Ordinal) => Json("""{"reason":"matrix"}"""),
            _ => null,
        };

    static async Task Declare(HttpClient http, CebDocument document)
    {
        using var message = Message(document);
        using var answer = await http.PostAsync(new Uri("ceb", UriKind.Relative), message);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    static Task<string> Shown(HttpClient http, SampleParcel parcel) =>
        http.GetStringAsync(
            new Uri($"api/v1/parcels/{SampleParcel.Platform}/{parcel.OrderNo}", UriKind.Relative)
        );

    /// <summary>The parcel once its order is with customs, who say nothing here.</summary>
    static async Task<string> AtRest(HttpClient http, SampleParcel parcel)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var shown = await Shown(http, parcel);
            if (!shown.Contains("\"sent\":null", StringComparison.Ordinal))
                return shown;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException("Its order was not sent within a minute.");
    }

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    static ByteArrayContent Message(CebDocument document)
    {
        var content = new ByteArrayContent(CebWriter.Write(SampleParcel.Message(document)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        return content;
    }
}
