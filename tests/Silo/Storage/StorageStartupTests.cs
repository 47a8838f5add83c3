using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Storage;

public sealed class StorageStartupTests : DatabaseTest
{
    internal override ValueTask<TestDatabase> Create() => SqliteTestDatabase.Create();

    [Fact]
    public async Task The_start_waits_for_a_database_that_is_not_there_yet()
    {
        await using var database = new FaultyDatabase(Database.Open());
        database.LoseBefore(5);
        await Start(database, TimeSpan.FromMinutes(2));
        Assert.NotEmpty(await Database.Query("SELECT number FROM schema_step"));
    }

    [Fact]
    public async Task The_start_gives_up_in_time_and_says_where_it_looked()
    {
        await using var database = new FaultyDatabase(Database.Open());
        database.LoseBefore(int.MaxValue);
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() =>
            Start(database, TimeSpan.FromMinutes(2))
        );
        Assert.Contains(database.Place, error.Message, StringComparison.Ordinal);
        Assert.Contains("Storage:ConnectionString", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_named()
    {
        var options = Database.Options();
        var path = Path.Combine(
            Path.GetDirectoryName(options.ConnectionString["Data Source=".Length..])!,
            "taken"
        );
        await File.WriteAllTextAsync(path, "no directory");
        await using var database = new SqliteDatabase(
            $"Data Source={path}/state.db",
            TimeSpan.FromSeconds(30)
        );
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Start(database, TimeSpan.FromSeconds(1))
        );
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Each wait ends at once, and the clock goes on by what was waited for.</summary>
    static Task Start(IStateDatabase database, TimeSpan timeout)
    {
        var time = new FakeTimeProvider();
        var options = new StorageOptions
        {
            StartTimeout = timeout,
            FirstBackoff = TimeSpan.FromMilliseconds(1),
        };
        return new StorageStartup(
            database,
            options,
            new Hurried(time),
            NullLogger<StorageStartup>.Instance
        ).StartingAsync(CancellationToken.None);
    }

    sealed class Hurried(FakeTimeProvider inner) : TimeProvider
    {
        public override long GetTimestamp() => inner.GetTimestamp();

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override ITimer CreateTimer(
            TimerCallback callback,
            object? state,
            TimeSpan dueTime,
            TimeSpan period
        )
        {
            inner.Advance(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
