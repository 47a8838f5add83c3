using System.Security.Cryptography;
using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>A company's system with a client of an OAuth provider: the provider gives it a token, and the engine takes that for what it is.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    const string Audience = "clearance",
        Secret = "s3cret";

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-").FullName;
    readonly RSA _key = RSA.Create(2_048);
    readonly HttpStub _provider = new();
    WebApplication _app = null!;
    UserOfCommands _user = null!;

    public async ValueTask InitializeAsync()
    {
        Serve();
        _app = EngineHost.Build(
            [
                $"--Engine:DataDirectory={_directory}",
                "--Engine:AllowDevelopmentParts=Broker,Database,Token,Participants,Identity",
                "--Engine:DevelopmentBrokerPort=0",
                "--Engine:Simulator=false",
                $"--Engine:SiloPort={Given.Port()}",
                $"--Engine:GatewayPort={Given.Port()}",
                $"--Access:Authority={_provider.Url}",
                $"--Access:Audience={Audience}",
                "--Urls=http://127.0.0.1:0",
            ],
            builder => builder.Logging.ClearProviders()
        );
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
        _user = new UserOfCommands(new Uri(_app.Urls.First() + "/"));
    }

    public async ValueTask DisposeAsync()
    {
        _user.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _provider.Dispose();
        _key.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_client_of_the_provider_declares_for_its_company_and_for_no_other()
    {
        Grant(SampleParcel.Platform);
        await LogIn();
        var me = await _user.Run(CommandLine.Done, "whoami");
        Assert.Equal("machine-1", me.GetProperty("name").GetString());

        var order = Path.Combine(_user.Home, "order.xml");
        await File.WriteAllBytesAsync(order, DoorEngine.Order("PROVIDER-0001", 72));
        await _user.Run(CommandLine.Done, "submit", order);
        Assert.Single(_provider.Seen, request => request.Path == "/token");

        Grant(SampleParcel.Site);
        await LogIn();
        await _user.Run(CommandLine.Refused, "submit", order);
        Assert.Equal(
            "parcel-not-found",
            UserOfCommands.Code(
                await _user.Run(CommandLine.Refused, "parcel", SampleParcel.Platform, "PROVIDER-0001")
            )
        );
    }

    [Fact]
    public async Task A_token_for_another_service_is_not_kept()
    {
        Grant(SampleParcel.Platform, audience: "another");

        var secret = await SecretFile();
        var refused = await _user.Run(CommandLine.Refused, Login(secret));
        Assert.Equal("credential-invalid", UserOfCommands.Code(refused));
        Assert.Equal("sign-in-needed", UserOfCommands.Code(await _user.Run(CommandLine.Refused, "whoami")));
    }

    async Task LogIn() => await _user.Run(CommandLine.Done, Login(await SecretFile()));

    string[] Login(string secretFile) =>
        ["login", "--authority", _provider.Url, "--client-id", "machine-1", "--secret-file", secretFile];

    async Task<string> SecretFile()
    {
        var path = Path.Combine(_user.Home, "secret");
        await File.WriteAllTextAsync(path, Secret);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    void Serve()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(_key.ExportParameters(includePrivateParameters: false))
        );
        _provider.Answers["/.well-known/openid-configuration"] = new StubAnswer(
            """{"issuer":"{self}","token_endpoint":"{self}/token","jwks_uri":"{self}/keys"}"""
        );
        _provider.Answers["/keys"] = new StubAnswer(
            JsonSerializer.Serialize(
                new
                {
                    keys = new[]
                    {
                        new
                        {
                            kty = "RSA",
                            use = "sig",
                            n = key.N,
                            e = key.E,
                        },
                    },
                }
            )
        );
    }

    /// <summary>The provider gives a token for this company from now on.</summary>
    void Grant(string participant, string audience = Audience)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = _provider.Url,
            ["aud"] = audience,
            ["sub"] = "machine-1",
            ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds(),
            ["role"] = "company",
            ["participant"] = participant,
        };
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(claims),
            new SigningCredentials(new RsaSecurityKey(_key), SecurityAlgorithms.RsaSha256)
        );
        _provider.Answers["/token"] = new StubAnswer(
            JsonSerializer.Serialize(
                new
                {
                    access_token = token,
                    token_type = "Bearer",
                    expires_in = 600,
                }
            )
        );
    }
}
