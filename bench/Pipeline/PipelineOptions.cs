namespace ClearanceEngine.Bench.Pipeline;

/// <summary>How long the pipeline is measured.</summary>
/// <param name="Measured">Time of each figure of each member, all rounds together.</param>
/// <param name="Rounds">Members take turns this often.</param>
/// <param name="WarmUp">Before the first figure of a member; the rate is found in it.</param>
/// <param name="FirstRate">Parcels a second with which the search begins.</param>
/// <param name="Load">Share of the measured rate at which latencies are taken.</param>
sealed record PipelineOptions(TimeSpan Measured, int Rounds, TimeSpan WarmUp, double FirstRate, double Load);
