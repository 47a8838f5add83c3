using System.ComponentModel.DataAnnotations;

namespace ClearanceEngine.Simulator;

/// <summary>How the simulated customs behaves.</summary>
public sealed class CustomsSimulatorOptions
{
    /// <summary>Time between two steps of a document. Default 60 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Step { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Up to this much is added to each step, by chance. Default 60 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Spread { get; set; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Share of receipts that are sent twice, 0..1. Default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double DuplicateRate { get; set; } = 0.02;

    /// <summary>Share of receipts that are late by some steps, and so out of order, 0..1. Default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double ReorderRate { get; set; } = 0.02;

    /// <summary>Seed of all chance: the same seed gives the same delays, repeats and disorder. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>False skips the check of signatures. Default true.</summary>
    public bool VerifySignatures { get; set; } = true;

    /// <summary>Declaration lists remembered; the oldest are forgotten, and questions about them find nothing. Default 200,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxLists { get; set; } = 200_000;

    /// <summary>Most bytes of the memory in which the simulator beside the development broker keeps what it was sent, so that it goes on after a kill; the oldest are forgotten. Default 64 MiB.</summary>
    [Range(typeof(long), "65536", "1099511627776")]
    public long MemoryBytes { get; set; } = 64 * 1024 * 1024;
}
