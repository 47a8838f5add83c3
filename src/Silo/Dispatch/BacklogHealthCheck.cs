using System.Globalization;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>
/// Degraded while something waits for longer than it may, or a receiver's topic fails; never unhealthy, for the silo takes
/// in and sends all the rest.
/// </summary>
sealed class BacklogHealthCheck(
    RecoveryOptions options,
    BacklogWatch watch,
    MessageRecovery messages,
    [FromKeyedServices(DueFor.Outbox)] GrainWaking outbox,
    [FromKeyedServices(DueFor.Time)] GrainWaking time,
    ReceiverBreakers receivers
) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (watch.Latest is not { } backlog)
            return Task.FromResult(HealthCheckResult.Healthy("not counted yet"));

        var (unfinished, due) = (watch.Age(backlog.OldestUnfinished), backlog.OutboxDue + backlog.TimeDue);
        var late = outbox.Late > time.Late ? outbox.Late : time.Late;
        var broken = receivers.Open;
        var data = new Dictionary<string, object>
        {
            ["unfinishedMessages"] = backlog.Unfinished,
            ["oldestUnfinishedSeconds"] = Math.Round(unfinished.TotalSeconds),
            ["failingMessages"] = messages.Failing,
            ["dueGrains"] = due,
            ["oldestDueSeconds"] = Math.Round(late.TotalSeconds),
            ["failingGrains"] = outbox.Failing + time.Failing,
            ["brokenReceivers"] = broken.ToDictionary(b => b.Key, b => b.Value.Reason),
        };
        List<string> faults = [];
        if (unfinished > options.DegradedAfter)
            faults.Add(
                $"the oldest of {backlog.Unfinished} unfinished messages is {Text(unfinished)} old; the log says what becomes of it at each try (\"could not be driven on\")"
            );
        if (late > options.DegradedAfter)
            faults.Add(
                $"the first of {due} due grains should have been woken {Text(late)} ago; the log names those that fail (\"could not be driven on\")"
            );
        if (broken.Count > 0)
            faults.Add(
                $"receipts wait for {string.Join(", ", broken.Keys)}, whose topics take none; mend the topics or the rights on them"
            );
        return Task.FromResult(
            faults.Count == 0
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Degraded(
                    $"{string.Join("; ", faults)}. It goes on by itself.",
                    data: data
                )
        );
    }

    static string Text(TimeSpan age) =>
        age.ToString(age.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
}
