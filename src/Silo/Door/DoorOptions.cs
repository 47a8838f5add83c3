namespace ClearanceEngine.Silo.Door;

/// <summary>Bounds of the HTTP door.</summary>
public sealed class DoorOptions
{
    /// <summary>How long a request waits for intake's decision; then it is answered 202. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests that wait at once; more are answered 429. Default 1,000.</summary>
    public int Waiting { get; set; } = 1_000;

    internal string? Fault() =>
        Timeout <= TimeSpan.Zero || Waiting < 1 ? "Door: Timeout must be above 0, Waiting at least 1." : null;
}
