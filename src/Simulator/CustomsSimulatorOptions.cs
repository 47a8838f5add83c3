namespace ClearanceEngine.Simulator;

/// <summary>How the simulated customs behaves.</summary>
public sealed class CustomsSimulatorOptions
{
    /// <summary>Time between two steps of a document. Default 60 ms.</summary>
    public TimeSpan Step { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Up to this much is added to each step, by chance. Default 60 ms.</summary>
    public TimeSpan Spread { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Share of receipts that are sent twice, 0..1. Default 0.02.</summary>
    public double DuplicateRate { get; set; } = 0.02;

    /// <summary>Share of receipts that are late by some steps, and so out of order, 0..1. Default 0.02.</summary>
    public double ReorderRate { get; set; } = 0.02;

    /// <summary>Seed of all chance. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>False skips the check of signatures. Default true.</summary>
    public bool VerifySignatures { get; set; } = true;

    /// <summary>Lists remembered; the oldest are forgotten. Default 200,000.</summary>
    public int MaxLists { get; set; } = 200_000;

    /// <summary>Most bytes of the memory in which the simulator beside the development broker keeps what it was sent, so that it goes on after a kill; the oldest are forgotten. Default 64 MiB.</summary>
    public long MemoryBytes { get; set; } = 64 * 1024 * 1024;

    internal string? Fault() =>
        Step < TimeSpan.Zero || Spread < TimeSpan.Zero ? "Simulator: Step and Spread must not be below 0."
        : DuplicateRate is < 0 or > 1 || ReorderRate is < 0 or > 1
            ? "Simulator: DuplicateRate and ReorderRate must be 0..1."
        : MemoryBytes < 65_536 ? $"Simulator:MemoryBytes is {MemoryBytes}; at least 65,536."
        : MaxLists < 1 ? "Simulator:MaxLists must be at least 1."
        : null;
}
