using ClearanceEngine.Silo.Hosting;

return (int)await HostCommandLine.Run(args, Console.Out, Console.Error);
