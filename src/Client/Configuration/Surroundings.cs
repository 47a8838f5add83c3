namespace ClearanceEngine.Client.Configuration;

/// <summary>What a command finds around it, beside its words.</summary>
/// <param name="Handler">What answers HTTP; null for the network.</param>
/// <param name="Time">The clock.</param>
/// <param name="Variable">A variable of the environment; null when it is not set.</param>
sealed record Surroundings(HttpMessageHandler? Handler, TimeProvider Time, Func<string, string?> Variable)
{
    public static Surroundings OfProcess(HttpMessageHandler? handler) =>
        new(handler, TimeProvider.System, Environment.GetEnvironmentVariable);

    /// <summary>What is piped into the command; null where nothing is, and a user sits at the terminal.</summary>
    public TextReader? Input { get; init; } = Console.IsInputRedirected ? Console.In : null;

    /// <summary>Where the command runs.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>A variable that says something.</summary>
    public string? Given(string variable) => Variable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>The file of settings that is read when none is named; null for a user without a home.</summary>
    public FileInfo? DefaultFile => Own("config.json");

    /// <summary>The file with the user's logins; null for a user without a home.</summary>
    public FileInfo? LoginsFile => Own("logins.json");

    /// <summary>
    /// A client for an address. It follows nobody to another one, which would get what was meant for this, and goes to this
    /// machine itself by no proxy.
    /// </summary>
    public HttpClient Http(Uri address) => new(Answering(address), disposeHandler: Handler is null);

    /// <summary>What answers at an address; see <see cref="Http"/>.</summary>
    public HttpMessageHandler Answering(Uri address) =>
        Handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !address.IsLoopback };

    /// <summary>A file of the user's: in <c>clearance</c> below %APPDATA% on Windows, below XDG_CONFIG_HOME or ~/.config elsewhere.</summary>
    FileInfo? Own(string name)
    {
        var folder = OperatingSystem.IsWindows() ? Given("APPDATA") : Given("XDG_CONFIG_HOME") ?? HomeConfig;
        return folder is null ? null : new FileInfo(Path.Combine(folder, "clearance", name));
    }

    string? HomeConfig => Given("HOME") is { } home ? Path.Combine(home, ".config") : null;
}
