using ClearanceEngine.Client;
using ClearanceEngine.Terminal;

return await CommandLine.Run(args, Consoles.Standard());
