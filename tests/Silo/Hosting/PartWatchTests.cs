using ClearanceEngine.Signing;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Runtime;
using Orleans.Serialization;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace ClearanceEngine.Tests.Hosting;

public sealed class PartWatchTests
{
    static readonly IStateDatabase PostgreSql = new PostgreSqlDatabase(
        "Host=127.0.0.1;Username=nobody",
        TimeSpan.FromSeconds(1)
    );

    static readonly IStateDatabase Sqlite = new SqliteDatabase(
        "Data Source=:memory:",
        TimeSpan.FromSeconds(1)
    );

    public static TheoryData<Exception, string> Tellings =>
        new()
        {
            { new StorageUnavailableException("away", new IOException()), PartWatch.Database },
            { Wrapped(new StorageUnavailableException("away", new IOException())), PartWatch.Database },
            { new NpgsqlException("lost", new IOException()), PartWatch.Database },
            { new NpgsqlException("slow", new TimeoutException()), PartWatch.Database },
            { Server("57P01"), PartWatch.Database },
            { Server("57P03"), PartWatch.Database },
            { Server("25006"), PartWatch.Database },
            { Server("08006"), PartWatch.Database },
            { new KafkaUnavailableException("away"), PartWatch.Broker },
            { new KafkaException(ErrorCode.Local_AllBrokersDown), PartWatch.Broker },
            { new KafkaException(ErrorCode.NotLeaderForPartition), PartWatch.Broker },
            { new SigningUnavailableException("away"), PartWatch.Token },
            { new TimeoutException("no answer of the grain"), PartWatch.Cluster },
            { new SiloUnavailableException("gone"), PartWatch.Cluster },
            { new PartAwayException("customs office", "closed"), "customs office" },
        };

    [Theory]
    [MemberData(nameof(Tellings))]
    public void An_error_tells_which_part_is_away(Exception error, string part) =>
        Assert.Equal(part, Parts(PostgreSql).Away(error)?.Part);

    [Fact]
    public void A_busy_or_full_file_is_a_database_that_is_away()
    {
        Assert.Equal(PartWatch.Database, Parts(Sqlite).Away(new SqliteException("busy", 5))?.Part);
        Assert.Equal(PartWatch.Database, Parts(Sqlite).Away(new SqliteException("full", 13))?.Part);
    }

    [Fact]
    public void What_is_wrong_with_a_record_is_no_part_that_is_away()
    {
        Exception[] wrong =
        [
            new InvalidOperationException("a bug"),
            Server("23505"),
            Server("22001"),
            new Orleans.Storage.InconsistentStateException("another wrote"),
            new KafkaRefusedException("too large"),
        ];

        Assert.All(wrong, e => Assert.Null(Parts(PostgreSql).Away(e)));
    }

    [Fact]
    public void Every_record_needs_database_and_broker_and_only_some_need_token_or_another_silo()
    {
        var parts = Parts(PostgreSql);

        Assert.True(parts.Away(new StorageUnavailableException("away", new IOException()))!.StopsReading);
        Assert.True(parts.Away(new KafkaUnavailableException("away"))!.StopsReading);
        Assert.False(parts.Away(new SigningUnavailableException("away"))!.StopsReading);
        Assert.False(parts.Away(new SiloUnavailableException("gone"))!.StopsReading);
    }

    [Fact]
    public void A_database_that_answers_here_may_be_away_from_another_silo()
    {
        var away = Parts(PostgreSql).Away(new StorageUnavailableException("away", new IOException()))!;

        Assert.Equal(PartWatch.Cluster, away.OrElse?.Part);
        Assert.False(away.OrElse!.StopsReading);
        Assert.Null(away.OrElse.OrElse);
        Assert.Null(Parts(PostgreSql).Away(new SiloUnavailableException("gone"))!.OrElse);
    }

    /// <summary>Orleans' own serializer carries a grain's exception to the silo that called it.</summary>
    [Fact]
    public void An_error_from_another_silo_tells_the_same()
    {
        var silo = new ServiceCollection().AddSerializer();
        PartWatch.CarryErrors(silo);
        using var services = silo.BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        Exception[] errors =
        [
            new StorageUnavailableException("away", new IOException()),
            new NpgsqlException("lost", new IOException()),
            new KafkaUnavailableException("away"),
            new SigningUnavailableException("away"),
            new SiloUnavailableException("gone"),
            new PartAwayException(PartWatch.Database, "away"),
        ];

        Assert.All(errors, e =>
        {
            var carried = serializer.Deserialize<Exception>(serializer.SerializeToArray(e))!;
            Assert.Equal(Parts(PostgreSql).Away(e)?.Part, Parts(PostgreSql).Away(carried)?.Part);
            Assert.NotNull(Parts(PostgreSql).Away(carried));
        });
    }

    static PartWatch Parts(IStateDatabase database) => new(database, null!, null!, null!, null!);

    static InvalidOperationException Wrapped(Exception inner) => new("the call failed", inner);

    static PostgresException Server(string state) => new("said so", "FATAL", "FATAL", state);
}
