using ClearanceEngine.Silo.Settings;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

public sealed class StorageOptionsTests
{
    [Fact]
    public void The_defaults_lack_only_a_place() =>
        Assert.Equal(
            "Storage:ConnectionString",
            Assert.Single(SettingsCheck.Of("Storage", new StorageOptions())).Name
        );

    [Fact]
    public void All_faults_are_listed_at_once()
    {
        var faults = SettingsCheck.Of(
            "Storage",
            new StorageOptions
            {
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
            }
        );

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
                "QueueLimit",
                "Retries",
                "Writers",
            ],
            faults.Select(f => f.Name.Split(':')[1]).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, "Data Sauce=here", "Data Source")]
    [InlineData(StorageProvider.Sqlite, "Cache=Shared", "Data Source")]
    [InlineData(StorageProvider.PostgreSql, "Database=clearance;Password=hidden", "Host")]
    [InlineData(StorageProvider.PostgreSql, "Hots=db;Password=hidden", "Host")]
    [InlineData(
        StorageProvider.PostgreSql,
        "Host=db;Password=hidden;Root Certificate=/nowhere",
        "does not exist"
    )]
    public void A_connection_string_that_cannot_work_is_told_without_its_password(
        StorageProvider provider,
        string text,
        string named
    )
    {
        var options = new StorageOptions { Provider = provider, ConnectionString = text };
        var line = Assert.Single(SettingsCheck.Of("Storage", options)).ToString();
        Assert.StartsWith("Storage:ConnectionString = ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", line, StringComparison.Ordinal);
    }
}
