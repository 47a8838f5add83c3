using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Silo.Intake;

/// <summary>The two sources of intake, with topics, group and bounds, whichever path their records take.</summary>
static class IntakeSources
{
    public const string Declarations = "declarations",
        Receipts = "receipts";

    public static IEnumerable<string> Topics(string source, DeclarationTopics declarations) =>
        source == Declarations ? declarations.All.Select(t => t.Name) : [TopicNames.Receipts];

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
        KafkaFeedOptions options,
        string source,
        EngineOptions engine,
        IntakeOptions intake,
        IServiceProvider services
    )
    {
        options.Parts = services.GetRequiredService<IPartWatch>();
        foreach (var topic in Topics(source, services.GetRequiredService<DeclarationTopics>()))
            options.Topics.Add(topic);
        options.Group = Group(source, engine);
        options.Instance = engine.Instance;
        options.DeadLetterTopic = TopicNames.DeadLetters;
        options.KeyOrder = false; // newer wins by appTime, whatever comes first

        options.InFlight = intake.InFlight;
        options.PartitionInFlight = intake.InFlight;
        options.InFlightBytes = intake.InFlightBytes;
        options.PartitionSpan = intake.PartitionSpan;
        options.MaxAttempts = intake.MaxAttempts;
        options.MaxRetryTime = intake.MaxRetryTime;
        options.DrainTime = intake.DrainTime;
    }
}
