namespace ClearanceEngine.Bench.Rig;

/// <summary>What a rig is made of.</summary>
/// <param name="KafkaHome">Directory of a real Kafka; null takes the development broker.</param>
/// <param name="Silos">Engine processes.</param>
/// <param name="CustomsStep">How long customs takes between two answers to a list.</param>
/// <param name="PostgresSettings">Settings of PostgreSQL beyond its defaults, <c>name=value</c>.</param>
/// <param name="EngineSettings">Settings of the engine beyond its defaults, <c>Section:Name=value</c>.</param>
sealed record RigOptions(
    string? KafkaHome,
    int Silos,
    TimeSpan CustomsStep,
    IReadOnlyList<string> PostgresSettings,
    IReadOnlyList<string> EngineSettings
)
{
    /// <summary>The Kafka that an option or <c>CLEARANCE_KAFKA_HOME</c> names, else one in a directory <c>shared/kafka</c> beside or above this repository.</summary>
    public static string? FindKafka(string? named)
    {
        if (named is not null)
            return KafkaServer.At(named)
                ?? throw new DirectoryNotFoundException($"There is no Kafka in {named}: no program 'kafka'.");
        if (KafkaServer.Home is { } home)
            return home;
        for (
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            directory is not null;
            directory = directory.Parent
        )
        {
            if (KafkaServer.At(Path.Combine(directory.FullName, "shared", "kafka")) is { } found)
                return found;
        }
        return null;
    }
}
