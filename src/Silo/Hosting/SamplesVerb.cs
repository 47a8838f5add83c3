using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>Makes the files of <c>samples/demo</c> anew; a test holds them against the generator.</summary>
static class SamplesVerb
{
    public static ExitCode Run(string directory)
    {
        DemoSet.Write(directory);
        Console.WriteLine($"样例已写入 samples are in {directory}");
        return ExitCode.Done;
    }
}
