using ClearanceEngine.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ClearanceEngine.Tests.Contract;

/// <summary>An engine as the README starts it, with all its development parts, but for its ports.</summary>
public sealed class EmbeddedEngine : IAsyncLifetime
{
    WebApplication _app = null!;

    /// <summary>Where its accounts lie.</summary>
    public string Data { get; } = Directory.CreateTempSubdirectory("clearance-embedded-").FullName;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Somebody who asks it; null for a stranger.</summary>
    public HttpClient Client(string? account)
    {
        var http = new HttpClient { BaseAddress = new Uri(Url + "/") };
        return account is null ? http : http.SignIn(Data, account);
    }

    public async ValueTask InitializeAsync()
    {
        _app = EngineHost.Build([
            $"--Engine:DataDirectory={Data}",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Engine:SiloPort={Ports.Free()}",
            "--Urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Error",
        ]);
        await EngineHost.Prepare(_app.Services, null, CancellationToken.None);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }
}
