using System.CommandLine;
using System.CommandLine.Parsing;
using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Rig;

namespace ClearanceEngine.Bench;

/// <summary>Options that all measuring verbs have.</summary>
sealed class CommonOptions
{
    readonly Option<int?> _seconds = new("--seconds") { Description = "measured time of each figure" };
    readonly Option<FileInfo?> _json = new("--json") { Description = "file for the figures" };
    readonly Option<string?> _kafka = new("--kafka-home")
    {
        Description =
            "directory of a real Kafka (program 'kafka'); default CLEARANCE_KAFKA_HOME, else shared/kafka nearby, else the development broker",
    };
    readonly Option<double> _spread = new("--spread")
    {
        Description = "seconds over which a parcel's documents come, in random order",
        DefaultValueFactory = _ => 10,
    };
    readonly Option<double> _direct = new("--direct-share")
    {
        Description = "share of 9610 parcels, which have entry notes",
        DefaultValueFactory = _ => 0.25,
    };
    readonly Option<double> _mean = new("--documents-per-message")
    {
        Description = "documents of an incoming message, mean; single messages have 1 to 100",
        DefaultValueFactory = _ => 10,
    };
    readonly Option<double> _window = new("--window")
    {
        Description = "seconds of work that may wait when throughput is measured",
        DefaultValueFactory = _ => 3,
    };
    readonly Option<int> _people = new("--people")
    {
        Description = "buyers",
        DefaultValueFactory = _ => 50_000,
    };
    readonly Option<double> _step = new("--customs-step")
    {
        Description = "seconds between two answers of customs to a list",
        DefaultValueFactory = _ => 1,
    };
    readonly Option<int> _silos = new("--silos")
    {
        Description = "engine processes",
        DefaultValueFactory = _ => 1,
    };
    readonly Option<string[]> _postgres = new("--postgres")
    {
        Description = "setting of PostgreSQL, name=value; its own defaults otherwise",
    };
    readonly Option<string[]> _engine = new("--engine")
    {
        Description = "setting of the engine, Section:Name=value; its own defaults otherwise",
    };

    public void AddTo(Command command)
    {
        foreach (
            var option in (Option[])
                [
                    _seconds,
                    _json,
                    _kafka,
                    _spread,
                    _direct,
                    _mean,
                    _window,
                    _people,
                    _step,
                    _silos,
                    _postgres,
                    _engine,
                ]
        )
            command.Add(option);
    }

    public TimeSpan Seconds(ParseResult parsed, int otherwise) =>
        TimeSpan.FromSeconds(parsed.GetValue(_seconds) ?? otherwise);

    public FileInfo? Json(ParseResult parsed) => parsed.GetValue(_json);

    public FeedOptions Feed(ParseResult parsed) =>
        new(
            TimeSpan.FromSeconds(parsed.GetValue(_spread)),
            parsed.GetValue(_direct),
            parsed.GetValue(_mean),
            TimeSpan.FromSeconds(parsed.GetValue(_window)),
            parsed.GetValue(_people)
        );

    public RigOptions Rig(ParseResult parsed) =>
        new(
            RigOptions.FindKafka(parsed.GetValue(_kafka)),
            parsed.GetValue(_silos),
            TimeSpan.FromSeconds(parsed.GetValue(_step)),
            parsed.GetValue(_postgres) ?? [],
            parsed.GetValue(_engine) ?? []
        );
}
