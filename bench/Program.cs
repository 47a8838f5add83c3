using ClearanceEngine.Bench;
using Spectre.Console;

return await CommandLine.Run(args, AnsiConsole.Console);
