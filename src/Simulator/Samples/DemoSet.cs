using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClearanceEngine.Simulator.Samples;

/// <summary>The demo as files: <c>expected.json</c> and a folder a parcel; phase 2 in a folder of that name below it.</summary>
public static class DemoSet
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    const string Expected = "expected.json",
        PhaseTwo = "phase-2";

    /// <summary>Writes the set of <see cref="DemoScenarios"/>.</summary>
    public static void Write(string directory)
    {
        var (files, expectations) = DemoScenarios.Build();
        Directory.CreateDirectory(directory);
        File.WriteAllText(
            Path.Combine(directory, Expected),
            JsonSerializer.Serialize(expectations, Json) + "\n"
        );
        foreach (var file in files)
        {
            var path = Path.Combine(directory, file.Scenario, file.Phase == 2 ? PhaseTwo : "", file.FileName);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Content);
        }
    }

    /// <summary>Reads a set.</summary>
    public static (IReadOnlyList<DemoFile> Files, IReadOnlyList<DemoExpectation> Expectations) Read(
        string directory
    )
    {
        var path = Path.Combine(directory, Expected);
        if (!File.Exists(path))
            throw new InvalidDataException(
                $"{path} is missing; the demo's parcels come with the repository in samples/demo."
            );
        var expectations = JsonSerializer.Deserialize<List<DemoExpectation>>(File.ReadAllText(path), Json)!;
        var files = Directory
            .EnumerateFiles(directory, "*.*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != Expected)
            .Order(StringComparer.Ordinal)
            .Select(f =>
            {
                var parts = Path.GetRelativePath(directory, f).Split(Path.DirectorySeparatorChar);
                return new DemoFile(
                    parts[0],
                    parts[^1],
                    File.ReadAllBytes(f),
                    parts.Contains(PhaseTwo) ? 2 : 1
                );
            });
        return ([.. files], expectations);
    }
}
