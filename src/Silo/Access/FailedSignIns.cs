using System.Diagnostics.Metrics;
using System.Net;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;

namespace ClearanceEngine.Silo.Access;

/// <summary>
/// Counts credentials that were not taken, and tells the log once a minute at most: whoever guesses tokens must not fill it. Neither
/// has anything of the credential.
/// </summary>
sealed partial class FailedSignIns(TimeProvider time, ILogger<FailedSignIns> logger)
{
    static readonly Meter Meter = new(EngineMetrics.Name);
    static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "door.credentials.refused",
        "{request}",
        "Requests whose token or certificate was not taken, by the reason."
    );

    readonly OnceAMinute _refusals = new(time);

    public void Tell(CredentialFault fault, IPAddress client)
    {
        var reason = WireName.Of(fault);
        Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (_refusals.Count() is > 0 and var count)
            LogRefused(logger, count, client, reason);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} requests since the last line had a credential that was not taken; the latest came from {Client}: {Reason}."
    )]
    static partial void LogRefused(ILogger logger, long count, IPAddress client, string reason);
}
