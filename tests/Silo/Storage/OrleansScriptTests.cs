using Npgsql;
using NpgsqlTypes;

namespace ClearanceEngine.Tests.Storage;

/// <summary>The statements that Orleans' AdoNet storage finds in our script.</summary>
public sealed class OrleansScriptTests : StorageTest
{
    internal override ValueTask<TestDatabase> Create() => PostgreSqlTestDatabase.Create();

    /// <summary>The shipped script let two of them insert, after which the grain could never load again.</summary>
    [Fact]
    public async Task Of_first_writes_that_race_exactly_one_wins()
    {
        var write = (string)
            (await Database.Query("SELECT querytext FROM orleansquery WHERE querykey = 'WriteToStorageKey'"))[
                0
            ][0];
        await using var source = NpgsqlDataSource.Create(Database.Options().ConnectionString);
        for (var key = 0; key < 100; key++)
        {
            // With and without a key extension: null must not count as different from null.
            var extension = key % 2 == 0 ? (object)DBNull.Value : $"n/{key}";
            using var start = new Barrier(4);
            var versions = await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                        Task.Run(() =>
                        {
                            using var connection = source.OpenConnection();
                            using var command = Write(connection, write, key, extension, DBNull.Value);
                            start.SignalAndWait();
                            return command.ExecuteScalar();
                        })
                    )
            );
            Assert.Equal([1], versions.OfType<int>()); // the losers get what they gave, nothing: Orleans takes that for a conflict
        }
        Assert.Equal(100, (await Database.Query("SELECT version FROM orleansstorage")).Count);
    }

    [Fact]
    public async Task A_write_of_an_old_version_changes_nothing()
    {
        var write = (string)
            (await Database.Query("SELECT querytext FROM orleansquery WHERE querykey = 'WriteToStorageKey'"))[
                0
            ][0];
        await using var connection = new NpgsqlConnection(Database.Options().ConnectionString);
        await connection.OpenAsync();
        Assert.Equal(1, Given(DBNull.Value));
        Assert.Equal(2, Given(1));
        Assert.Equal(1, Given(1)); // the version it gave comes back: Orleans takes that for a conflict
        Assert.Equal(9, Given(9));
        Assert.Equal(DBNull.Value, Given(DBNull.Value));
        Assert.Equal(2, (await Database.Query("SELECT version FROM orleansstorage"))[0][0]);

        object? Given(object version)
        {
            using var command = Write(connection, write, 1, DBNull.Value, version);
            return command.ExecuteScalar();
        }
    }

    static NpgsqlCommand Write(
        NpgsqlConnection connection,
        string sql,
        int key,
        object extension,
        object version
    )
    {
#pragma warning disable CA2100 // The statement under test.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("GrainIdHash", key);
        command.Parameters.AddWithValue("GrainIdN0", 0L);
        command.Parameters.AddWithValue("GrainIdN1", 0L);
        command.Parameters.AddWithValue("GrainTypeHash", 7);
        command.Parameters.AddWithValue("GrainTypeString", "type");
        command.Parameters.AddWithValue("GrainIdExtensionString", NpgsqlDbType.Varchar, extension);
        command.Parameters.AddWithValue("ServiceId", "service");
        command.Parameters.AddWithValue("GrainStateVersion", NpgsqlDbType.Integer, version);
        command.Parameters.AddWithValue("PayloadBinary", new byte[] { 1 });
        return command;
    }
}
