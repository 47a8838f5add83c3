using System.CommandLine;
using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Growth;
using ClearanceEngine.Bench.Pipeline;
using ClearanceEngine.Bench.Recovery;
using ClearanceEngine.Bench.Rig;
using ClearanceEngine.Bench.ScaleOut;
using ClearanceEngine.Bench.Soak;
using Spectre.Console;

namespace ClearanceEngine.Bench;

/// <summary>Verbs that measure our engine alone.</summary>
sealed class OursVerbs(IAnsiConsole console)
{
    readonly Option<double> _warmUp = new("--warm-up")
    {
        Description = "seconds before the first figure; the engine compiles for more than a minute",
        DefaultValueFactory = _ => 90,
    };
    readonly Option<double> _rate = new("--rate")
    {
        Description = "parcels a second with which the search for the rate begins",
        DefaultValueFactory = _ => 50,
    };
    readonly Option<double> _load = new("--load")
    {
        Description = "share of the full rate",
        DefaultValueFactory = _ => 0.7,
    };
    readonly Option<double?> _at = new("--at")
    {
        Description = "parcels a second instead of a share, so that two runs compare",
    };
    readonly Option<int> _many = new("--stored")
    {
        Description = "parcels stored for the second figure",
        DefaultValueFactory = _ => 1_000_000,
    };
    readonly Option<int> _few = new("--stored-first")
    {
        Description = "parcels stored for the first figure",
        DefaultValueFactory = _ => 10_000,
    };
    readonly Option<int> _kills = new("--kills")
    {
        Description = "times that the engine is killed",
        DefaultValueFactory = _ => 3,
    };
    readonly Option<int> _upTo = new("--up-to")
    {
        Description = "engine processes at most",
        DefaultValueFactory = _ => 3,
    };

    public IEnumerable<Command> All() =>
        [
            Verb(
                "soak",
                "memory and latencies at a steady load",
                600,
                [_load, _at],
                (session, parsed, time, token) =>
                    Cast(
                        SoakVerb.Run(
                            session,
                            time,
                            parsed.GetValue(_load),
                            parsed.GetValue(_at),
                            console,
                            token
                        )
                    )
            ),
            Verb(
                "growth",
                "what a parcel costs when many are stored",
                30,
                [_few, _many],
                (session, parsed, time, token) =>
                    Cast(
                        GrowthVerb.Run(
                            session,
                            time,
                            parsed.GetValue(_few),
                            parsed.GetValue(_many),
                            console,
                            token
                        )
                    )
            ),
            Verb("recovery", "kill -9 under load", 60, [_load, _kills], (session, parsed, time, token) =>
                Cast(RecoveryVerb.Run(session, time, parsed.GetValue(_kills), parsed.GetValue(_load), token))
            ),
            ScaleOut(),
        ];

    Command Verb(
        string name,
        string description,
        int seconds,
        Option[] more,
        Func<Session, ParseResult, TimeSpan, CancellationToken, Task<object>> run
    )
    {
        var common = new CommonOptions();
        var command = new Command(name, description) { _warmUp, _rate };
        foreach (var option in more)
            command.Add(option);
        common.AddTo(command);
        command.SetAction(
            async (parsed, token) =>
            {
                var feed = common.Feed(parsed);
                await using var session = await Session.Open(
                    Members.Ours,
                    common.Rig(parsed),
                    feed,
                    new Stock(feed),
                    Say,
                    token
                );
                await session.FindRate(
                    TimeSpan.FromSeconds(parsed.GetValue(_warmUp)),
                    parsed.GetValue(_rate)
                );
                await Output.Give(
                    console,
                    common.Json(parsed),
                    await run(session, parsed, common.Seconds(parsed, seconds), token)
                );
            }
        );
        return command;
    }

    Command ScaleOut()
    {
        var common = new CommonOptions();
        var command = new Command("scale-out", "one engine process and more, on this machine")
        {
            _warmUp,
            _rate,
            _upTo,
        };
        common.AddTo(command);
        command.SetAction(
            async (parsed, token) =>
            {
                var (feed, rig) = (common.Feed(parsed), common.Rig(parsed));
                var stock = new Stock(feed);
                await Output.Give(
                    console,
                    common.Json(parsed),
                    await ScaleOutVerb.Run(
                        silos =>
                            Session.Open(Members.Ours, rig with { Silos = silos }, feed, stock, Say, token),
                        parsed.GetValue(_upTo),
                        TimeSpan.FromSeconds(parsed.GetValue(_warmUp)),
                        parsed.GetValue(_rate),
                        common.Seconds(parsed, 30)
                    )
                );
            }
        );
        return command;
    }

    void Say(string text) => console.MarkupLineInterpolated($"[grey]{text}[/]");

    static async Task<object> Cast<T>(Task<T> task)
        where T : class => await task;
}
