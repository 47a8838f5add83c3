using System.Globalization;
using Xunit.Sdk;
using Xunit.v3;

// Each test has the whole machine: what is timed here is patience, not speed.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace ClearanceEngine.Tests.Chaos;

/// <summary>How large the runs are: small ones for each commit, large ones by environment variables <c>CLEARANCE_CHAOS_…</c>.</summary>
static class Settings
{
    public static int Parcels(int otherwise) => Number("PARCELS", otherwise);

    public static int Kills(int otherwise) => Number("KILLS", otherwise);

    public static int Seed => Number("SEED", 20261111);

    /// <summary>Time over which documents come.</summary>
    public static TimeSpan Window(int parcels) =>
        TimeSpan.FromSeconds(Number("SECONDS", Math.Max(20, parcels / 100)));

    /// <summary>Silence after which customs is asked: short, so that it happens; longer in large runs, where an answer may have to wait that long for its turn.</summary>
    public static TimeSpan Silence => TimeSpan.FromSeconds(Parcels(0) > 1_000 ? 60 : 5);

    /// <summary>Doubt waits for the next question: not for minutes, or the runs would.</summary>
    public static TimeSpan LongestSilence => Silence * 4;

    /// <summary>How long a part stays away.</summary>
    public static TimeSpan Away(int otherwise) => TimeSpan.FromSeconds(Number("AWAY", otherwise));

    /// <summary>The way of intake, where a test has no reason for one of the two.</summary>
    public static string Through =>
        Environment.GetEnvironmentVariable("CLEARANCE_CHAOS_THROUGH") is { Length: > 0 } text ? text : "Feed";

    static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable($"CLEARANCE_CHAOS_{name}") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
