using System.Diagnostics;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>The real parts that some tests need. Missing ones skip the test on a developer's machine and fail it in CI.</summary>
static class Parts
{
    public static string? Postgres => Environment.GetEnvironmentVariable("CLEARANCE_TEST_POSTGRES");

    public static string? Kafka => Environment.GetEnvironmentVariable("CLEARANCE_TEST_KAFKA");

    public static string SoftHsm => Environment.GetEnvironmentVariable("CLEARANCE_TEST_PKCS11_MODULE") ?? "/usr/lib/softhsm/libsofthsm2.so";

    public static void Require(bool there, string missing)
    {
        if (there) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"{missing}; CI must have it.");
        Assert.Skip($"{missing}.");
    }

    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, program)));

    public static (int Code, string Output) Run(string program, string arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
