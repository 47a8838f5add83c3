using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The demo is killed and run again on what it left behind.</summary>
public sealed class KilledDemoTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("clearance-killed-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The broker forgets with its process what was on its way, in either direction; customs does not.</summary>
    [Fact]
    public async Task A_demo_that_is_killed_again_and_again_ends_as_it_should()
    {
        using var demo = Demo();
        foreach (var entries in (int[])[1, 40, 120])
        {
            demo.Start();
            await Remembered(demo, entries);
            demo.Kill();
        }

        demo.Start();
        var code = await demo.Ended(TimeSpan.FromSeconds(150));
        Assert.True(code == 0, $"exit code {code}\n{demo.Tail()}");
        Assert.Contains("36 个包裹全部到达预期状态", demo.Log, StringComparison.Ordinal);
    }

    /// <summary>Until customs has remembered so much: in the middle, however fast the machine is.</summary>
    async Task Remembered(EngineProcess demo, int entries)
    {
        var file = Path.Combine(_directory, "data", "customs", "customs.jsonl");
        for (var end = DateTime.UtcNow.AddSeconds(120); Lines(file) < entries; await Task.Delay(20))
        {
            Assert.True(demo.IsRunning, $"It ended before customs had {entries} entries.\n{demo.Tail()}");
            Assert.True(DateTime.UtcNow < end, $"Customs had {Lines(file)} entries.\n{demo.Tail()}");
        }
    }

    static int Lines(string file)
    {
        if (!File.Exists(file))
            return 0;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var lines = 0;
        while (reader.ReadLine() is not null)
            lines++;
        return lines;
    }

    EngineProcess Demo() =>
        new(
            "demo",
            Path.Combine(_directory, "demo.log"),
            [
                "demo",
                $"--Engine:DataDirectory={Path.Combine(_directory, "data")}",
                $"--Engine:SiloPort={Ports.Free()}",
                "--Urls=http://127.0.0.1:0",
            ],
            null
        );
}
