using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Simulator.Samples;
using Microsoft.Extensions.Options;

return await Run(args);

static async Task<int> Run(string[] arguments)
{
    try
    {
        return arguments switch
        {
            ["simulate", .. var rest] => await SimulateVerb.Run(rest),
            ["samples", var directory] => WriteSamples(directory),
            ["demo", .. var rest] => await DemoVerb.Run(rest),
            ["state", "show", var grain, .. var rest] => await StateVerb.Run(grain, rest),
            ["archive", "show" or "restore", var grain, .. var rest] => await ArchiveVerb.Run(
                arguments[1],
                grain,
                rest
            ),
            _ => await RunVerb.Run(arguments),
        };
    }
    catch (Exception e)
        when (e
                is OptionsValidationException
                    or InvalidDataException
                    or InvalidOperationException { Source: "ClearanceEngine.Silo" }
                    or IOException
        )
    {
        await Console.Error.WriteLineAsync($"无法启动 cannot start: {e.Message}");
        return 2;
    }
}

// Makes the files of samples/demo anew; a test holds them against the generator.
static int WriteSamples(string directory)
{
    DemoSet.Write(directory);
    return 0;
}
