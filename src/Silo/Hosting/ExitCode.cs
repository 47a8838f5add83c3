namespace ClearanceEngine.Silo.Hosting;

/// <summary>How the host's process ends; the same numbers as the command line <c>clearance</c> gives, told in docs/client.md.</summary>
enum ExitCode
{
    /// <summary>Done, or ended in order because someone asked for it.</summary>
    Done = 0,

    /// <summary>What was asked for is not there, or was refused.</summary>
    Refused = 1,

    /// <summary>A word of the command line, a setting or a file that cannot work.</summary>
    Unusable = 2,

    /// <summary>A part that is needed could not be reached, or its address is taken.</summary>
    OutOfReach = 3,

    /// <summary>What has an end of its own was stopped by its user before that.</summary>
    Stopped = 130,
}
