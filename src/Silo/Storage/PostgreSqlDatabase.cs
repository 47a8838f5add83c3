using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <summary>State in PostgreSQL: a transaction a batch, rows by unnest, one round trip where the protocol allows.</summary>
sealed partial class PostgreSqlDatabase : IStateDatabase
{
    /// <summary>
    /// Every statement here reaches rows by their keys, a batch of keys at a time. A plan that was prepared while a table
    /// was empty would scan it whole, and stay in use while the table grows until statistics are gathered; and only
    /// going by keys locks rows in the order of the batch, so that batches do not deadlock.
    /// </summary>
    const string PlanByKey =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    readonly NpgsqlDataSource _source;
    readonly NpgsqlConnectionStringBuilder _migrating;
    readonly IReadOnlyList<Migration> _scripts;

    /// <param name="connectionString">Names the database.</param>
    /// <param name="commandTimeout">Longest time of a statement.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scripts">What makes the schema; this engine's where none are given.</param>
    public PostgreSqlDatabase(
        string connectionString,
        TimeSpan commandTimeout,
        TimeProvider? time = null,
        IReadOnlyList<Migration>? scripts = null
    )
    {
        _scripts = scripts ?? Migrations.For(Product);
        _time = time ?? TimeProvider.System;
        var builder = Connection(connectionString, commandTimeout);
        _source = Source(builder);
        _migrating = Migrating(connectionString);
        Place = $"PostgreSQL {builder.Host}:{builder.Port}/{builder.Database} as {builder.Username}";
    }

    public string Place { get; }

    /// <summary>
    /// What Npgsql calls transient (connection lost, deadlock, resources, starting up), and: the server shut down,
    /// crashed, or is a standby now (25006), as it happens in a failover.
    /// </summary>
    public bool IsTransient(Exception error) =>
        error
            is NpgsqlException { IsTransient: true }
                or TimeoutException
                or IOException
                or PostgresException
                {
                    SqlState: "57P01" or "57P02" or "57P03" or "57P05" or "25006" or "40001" or "40P01"
                };

    public async Task Ping(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Connections of ours keep no state that the next user would have to be spared from, so they are not reset.</summary>
    internal static NpgsqlConnectionStringBuilder Connection(string connectionString, TimeSpan commandTimeout)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)commandTimeout.TotalSeconds,
            NoResetOnClose = true,
        };
        if (builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = 50;
        builder.Options = $"{builder.Options} {PlanByKey}".Trim();
        return builder;
    }

    static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, []);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<int> Execute(
        NpgsqlConnection connection,
        string sql,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    static async Task<object?> Scalar(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(connection, sql, []);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // Constants and our own scripts; values are parameters.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return command;
    }
}
