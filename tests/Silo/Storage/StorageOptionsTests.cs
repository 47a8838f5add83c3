using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

public sealed class StorageOptionsTests
{
    [Fact]
    public void The_defaults_lack_only_a_place() =>
        Assert.StartsWith(
            "Storage:ConnectionString",
            Assert.Single(new StorageOptions().Faults()),
            StringComparison.Ordinal
        );

    [Fact]
    public void All_faults_are_listed_at_once()
    {
        var faults = new StorageOptions
        {
            Provider = (StorageProvider)9,
            BatchSize = 0,
            MaxBatchBytes = 0,
            Linger = TimeSpan.FromSeconds(2),
            Writers = 0,
            QueueLimit = 0,
            CommandTimeout = TimeSpan.Zero,
            Retries = 0,
            FirstBackoff = TimeSpan.Zero,
            IndexCacheSize = 0,
            IndexCacheTime = TimeSpan.FromSeconds(-1),
            MaxStateBytes = 0,
        }.Faults();

        Assert.Equal(
            [
                "BatchSize",
                "CommandTimeout",
                "ConnectionString",
                "FirstBackoff",
                "IndexCacheSize",
                "IndexCacheTime",
                "Linger",
                "MaxBatchBytes",
                "MaxStateBytes",
                "Provider",
                "QueueLimit",
                "Retries",
                "Writers",
            ],
            faults.Select(f => f.Split(':')[1].Split(' ')[0]).Order(StringComparer.Ordinal)
        );
    }
}
