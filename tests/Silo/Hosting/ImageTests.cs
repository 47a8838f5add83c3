using System.Diagnostics;
using System.Net;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>What the Dockerfile puts into the image, as far as that can be seen without Docker.</summary>
public sealed class ImageTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-image-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_image_is_chiselled_not_root_and_built_of_the_sources_alone()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Dockerfile"));
        Assert.Equal(
            "FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled",
            lines.Last(l => l.StartsWith("FROM ", StringComparison.Ordinal))
        );
        Assert.Contains("USER $APP_UID", lines);
        Assert.Contains("EXPOSE 8080 8081 11111", lines);
        Assert.Contains("ENTRYPOINT [\"dotnet\", \"/app/ClearanceEngine.Silo.dll\"]", lines);
        var let = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"));
        Assert.Contains("*", let);
        Assert.All(["**/data", "**/*.pem", "**/*.key"], kept => Assert.Contains(kept, let));
        // What Docker is told to leave out is not let in again further down.
        Assert.DoesNotContain(let.SkipWhile(l => l != "**/data"), l => l.StartsWith('!'));
    }

    [Fact]
    public async Task What_is_published_holds_no_data_and_no_keys_starts_and_writes_nothing_beside_itself()
    {
        var published = Path.Combine(_directory, "app");
        var (code, text) = Commands.Run(
            "dotnet",
            $"publish {Path.Combine(Repository.Root, "src/Silo")} -c Release --no-build -o {published}"
        );
        Assert.True(code == 0, text);
        string[] secret = [".pem", ".key", ".pfx", ".db", ".pin"];
        Assert.DoesNotContain(Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories), f =>
            secret.Contains(Path.GetExtension(f))
        );
        Assert.False(Directory.Exists(Path.Combine(published, "data")));

        var url = $"http://127.0.0.1:{Ports.Free()}";
        using var engine = Start(published, url);
        try
        {
            Assert.Equal(HttpStatusCode.OK, await Ready(engine, $"{url}/health/ready"));
        }
        finally
        {
            engine.Kill();
            await engine.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.False(Directory.Exists(Path.Combine(published, "data")));
    }

    /// <summary>As in the pod: the application's folder is not written to, only what is mounted for it.</summary>
    Process Start(string published, string url)
    {
        string[] arguments =
        [
            Path.Combine(published, "ClearanceEngine.Silo.dll"),
            $"--Urls={url}",
            $"--Engine:DataDirectory={_directory}/data",
            "--Engine:DevelopmentBrokerPort=0",
            $"--Engine:SiloPort={Ports.Free()}",
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = published,
            RedirectStandardOutput = true,
        };
        var engine = Process.Start(start)!;
        engine.BeginOutputReadLine();
        return engine;
    }

    static async Task<HttpStatusCode?> Ready(Process engine, string url)
    {
        using var http = new HttpClient();
        HttpStatusCode? last = null;
        for (var end = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < end && !engine.HasExited; )
        {
            try
            {
                last = (await http.GetAsync(new Uri(url))).StatusCode;
                if (last == HttpStatusCode.OK)
                    return last;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(100);
        }
        return last;
    }
}
