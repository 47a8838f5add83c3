using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Intake;

/// <summary>The two sources of intake, with topics, group and bounds, whichever path their records take.</summary>
static class IntakeSources
{
    public const string Declarations = "declarations",
        Receipts = "receipts";

    public static IReadOnlyList<string> Topics(string source) =>
        source == Declarations ? TopicNames.Declarations : [TopicNames.Receipts];

    public static string Group(string source, EngineOptions engine) => $"{engine.Group}.{source}";

    /// <summary>What works on the records of a source, with the time of their arrival.</summary>
    public static IFeedHandler Handler(IServiceProvider services, string source)
    {
        IFeedHandler intake =
            source == Declarations
                ? services.GetRequiredService<DeclarationIntake>()
                : services.GetRequiredService<ReceiptIntake>();
        return new ArrivedRecords(intake, services.GetRequiredService<ArrivalTimes>());
    }

    public static void Feed(
        KafkaFeedOptions o,
        string source,
        EngineOptions engine,
        IntakeOptions intake,
        IServiceProvider services
    )
    {
        o.Parts = services.GetRequiredService<IPartWatch>();
        foreach (var topic in Topics(source))
            o.Topics.Add(topic);
        o.Group = Group(source, engine);
        o.Instance = engine.Instance;
        o.DeadLetterTopic = TopicNames.DeadLetters;
        o.KeyOrder = false; // newer wins by appTime, whatever comes first
        (
            o.InFlight,
            o.PartitionInFlight,
            o.InFlightBytes,
            o.PartitionSpan,
            o.MaxAttempts,
            o.MaxRetryTime,
            o.DrainTime
        ) = (
            intake.InFlight,
            intake.InFlight,
            intake.InFlightBytes,
            intake.PartitionSpan,
            intake.MaxAttempts,
            intake.MaxRetryTime,
            intake.DrainTime
        );
    }
}
