using System.Text.Json;
using Spectre.Console;

namespace ClearanceEngine.Bench;

/// <summary>Where figures go.</summary>
static class Output
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task Save(FileInfo? file, object figures)
    {
        if (file is not null)
            await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(figures, Json));
    }

    /// <summary>Prints them too.</summary>
    public static Task Give(IAnsiConsole console, FileInfo? file, object figures)
    {
        console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(figures, Json));
        return Save(file, figures);
    }
}
