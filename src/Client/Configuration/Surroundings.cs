namespace ClearanceEngine.Client.Configuration;

/// <summary>What a command finds around it, beside its words.</summary>
/// <param name="Handler">What answers HTTP; null for the network.</param>
/// <param name="Time">The clock.</param>
/// <param name="Variable">A variable of the environment; null when it is not set.</param>
sealed record Surroundings(HttpMessageHandler? Handler, TimeProvider Time, Func<string, string?> Variable)
{
    public static Surroundings OfProcess(HttpMessageHandler? handler) =>
        new(handler, TimeProvider.System, Environment.GetEnvironmentVariable);

    /// <summary>A variable that says something.</summary>
    public string? Given(string variable) => Variable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>
    /// The file of settings that is read when none is named: <c>clearance/config.json</c> below %APPDATA% on Windows, below
    /// XDG_CONFIG_HOME or ~/.config elsewhere; null for a user without a home.
    /// </summary>
    public FileInfo? DefaultFile
    {
        get
        {
            var folder = OperatingSystem.IsWindows()
                ? Given("APPDATA")
                : Given("XDG_CONFIG_HOME") ?? HomeConfig;
            return folder is null ? null : new FileInfo(Path.Combine(folder, "clearance", "config.json"));
        }
    }

    string? HomeConfig => Given("HOME") is { } home ? Path.Combine(home, ".config") : null;
}
