using System.Diagnostics;

namespace ClearanceEngine.Tests;

/// <summary>Programs of the machine.</summary>
static class Commands
{
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(d => File.Exists(Path.Combine(d, program)));

    public static (int Code, string Output) Run(
        string program,
        string arguments,
        IReadOnlyDictionary<string, string>? environment = null
    ) => Run(new ProcessStartInfo(program, arguments), environment);

    /// <summary>A line of shell, as a user if the tests run as root: for programs that refuse to.</summary>
    public static (int Code, string Output) Shell(string line, string? user = null)
    {
        string[] command =
            user is not null && Environment.UserName == "root"
                ? ["runuser", "-u", user, "--", "sh", "-c", line]
                : ["sh", "-c", line];
        return Run(new ProcessStartInfo(command[0], command[1..]), null);
    }

    static (int Code, string Output) Run(
        ProcessStartInfo start,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
