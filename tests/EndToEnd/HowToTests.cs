using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>
/// The pages of <c>docs/howto</c> can be followed: their blocks marked <c>test</c> are run in order, by one shell, in an empty
/// directory; where they start the engine, it starts with what they made.
/// </summary>
public sealed partial class HowToTests : IDisposable
{
    const string Chinese = ".zh-CN.md";

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "docs", "howto");

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-howto-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string> Pages =>
        [
            .. Directory
                .GetFiles(Folder, "*.md")
                .Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task What_a_page_says_can_be_done(string page)
    {
        foreach (var program in (string[])["bash", "openssl", "curl", "softhsm2-util", "pkcs11-tool"])
            Parts.Require(Commands.Has(program), $"{program} is not installed");
        Parts.Require(File.Exists(Parts.SoftHsm), "No SoftHSM");

        var (code, said) = await Run(Script(page));
        Assert.True(code == 0, $"exit code {code}\n{said}\n{SiloLog()}");
    }

    /// <summary>What is made may have a name in either language; what is done is the same.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_a_twin_in_the_other_language_that_does_the_same(string page)
    {
        var twin = page.EndsWith(Chinese, StringComparison.Ordinal)
            ? page.Replace(Chinese, ".md", StringComparison.Ordinal)
            : page.Replace(".md", Chinese, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Folder, twin)), $"{page} has no twin {twin}");

        Assert.NotEmpty(Blocks(page));
        Assert.Equal(Blocks(page).Select(WithoutTexts), Blocks(twin).Select(WithoutTexts));
    }

    string Script(string page)
    {
        var script = new StringBuilder("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n");
        foreach (var block in Blocks(page))
            script.Append(block).Append('\n');
        return script
            .Replace("127.0.0.1:8080", $"127.0.0.1:{_port}")
            .Replace("/usr/lib/softhsm/libsofthsm2.so", Parts.SoftHsm)
            .ToString();
    }

    readonly int _port = Ports.Free();

    async Task<(int Code, string Said)> Run(string script)
    {
        var bin = Directory.CreateDirectory(Path.Combine(_directory, "bin")).FullName;
        var silo = Path.Combine(bin, "clearance-silo");
        var assembly = Path.Combine(AppContext.BaseDirectory, "ClearanceEngine.Silo.dll");
        await File.WriteAllTextAsync(silo, $"#!/bin/sh\nexec dotnet exec '{assembly}' \"$@\"\n");
        Commands.Shell($"chmod u+x '{silo}'");
        var work = Directory.CreateDirectory(Path.Combine(_directory, "work")).FullName;
        var file = Path.Combine(_directory, "page.sh");
        await File.WriteAllTextAsync(file, script);

        // Of its own group, so that what a page leaves running ends with it.
        var start = new ProcessStartInfo(
            "timeout",
            ["--kill-after=5", $"{Patience.TotalSeconds}", "bash", file]
        )
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["Urls"] = $"http://127.0.0.1:{_port}";
        start.Environment["Engine__DevelopmentBrokerPort"] = "0";
        start.Environment["Engine__SiloPort"] = $"{Ports.Free()}";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    string SiloLog()
    {
        var log = Path.Combine(_directory, "work", "silo.log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(30)) : "";
    }

    static string[] Blocks(string page) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Folder, page))).Select(m => m.Groups[1].Value)];

    /// <summary>Without the names and comments of the files that it makes.</summary>
    static string WithoutTexts(string block) => Texts().Replace(block, "");

    [GeneratedRegex(@"<!-- test -->\n```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("""("name": "[^"]*")|(^ *// .*$)""", RegexOptions.Multiline)]
    private static partial Regex Texts();
}
