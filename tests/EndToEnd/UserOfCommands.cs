using System.Text.Json;
using ClearanceEngine.Client;
using ClearanceEngine.Client.Configuration;
using ClearanceEngine.Terminal;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>Somebody at a terminal, with a home of his own, who runs commands in it against one engine.</summary>
sealed class UserOfCommands(Uri engine) : IDisposable
{
    /// <summary>Home, and the folder where commands run.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("clearance-").FullName;

    public void Dispose() => Directory.Delete(Home, recursive: true);

    /// <summary>Runs a command that ends so, and reads what it prints with <c>--json</c>.</summary>
    public async Task<JsonElement> Run(int exitCode, params string[] words)
    {
        var around = new Surroundings(null, TimeProvider.System, name => name == "HOME" ? Home : null)
        {
            Input = null,
            Folder = Home,
        };
        var output = new StringWriter();
        string[] command = [.. words, "--json", "--url", engine.AbsoluteUri];
        var code = await CommandLine.Run(command, Consoles.Plain(output), around);

        Assert.True(code == exitCode, $"{code}: {output}");
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    /// <summary>The code of a command that failed.</summary>
    public static string? Code(JsonElement failure) =>
        failure.GetProperty("error").GetProperty("code").GetString();
}
