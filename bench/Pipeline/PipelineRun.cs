using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Rig;
using Spectre.Console;

namespace ClearanceEngine.Bench.Pipeline;

/// <summary>All members in one run, in turns, so that whatever else the machine does hits all of them alike.</summary>
sealed class PipelineRun(
    PipelineOptions options,
    RigOptions rigOptions,
    FeedOptions feed,
    IAnsiConsole console
)
{
    public async Task<Dictionary<string, Figures>> Run(
        IReadOnlyList<Member> members,
        Stock stock,
        CancellationToken cancellation
    )
    {
        var sessions = new List<Session>();
        try
        {
            foreach (var member in members)
            {
                console.MarkupLineInterpolated($"[grey]{member.Name}: {member.What} starts and warms up[/]");
                sessions.Add(
                    await Session.Open(
                        member,
                        rigOptions,
                        feed,
                        stock,
                        text => console.MarkupLineInterpolated($"[grey]{text}[/]"),
                        cancellation
                    )
                );
                await sessions[^1].FindRate(options.WarmUp, options.FirstRate);
                if (members.Count > 1)
                    await sessions[^1].Rest();
            }
            return await Measure(sessions);
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    async Task<Dictionary<string, Figures>> Measure(List<Session> sessions)
    {
        var slice = options.Measured / options.Rounds;
        var throughput = sessions.ToDictionary(s => s, _ => new List<Throughput>());
        var delays = sessions.ToDictionary(s => s, _ => new List<Delays>());
        var backToBack = new Dictionary<Session, Throughput>();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var session in sessions)
            {
                throughput[session].Add(await session.Throughput(slice, feed.Spread));
                console.MarkupLineInterpolated(
                    $"[grey]{session.Member.Name}: {throughput[session][^1].Rate:0} parcels/s[/]"
                );
            }
        }
        foreach (var session in sessions)
            backToBack[session] = await session.Throughput(slice, TimeSpan.Zero);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var session in sessions)
                delays[session].Add(await session.Latency(slice, Load(throughput[session])));
        }
        return sessions.ToDictionary(
            s => s.Member.Name,
            s => Figures.Of(throughput[s], Delays.Sum(delays[s]), Load(throughput[s]), backToBack[s]),
            StringComparer.Ordinal
        );
    }

    double Load(List<Throughput> throughput) => options.Load * Throughput.Sum(throughput).Rate;
}
