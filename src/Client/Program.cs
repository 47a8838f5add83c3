using ClearanceEngine.Client;
using Spectre.Console;

return await CommandLine.Run(args, AnsiConsole.Console);
