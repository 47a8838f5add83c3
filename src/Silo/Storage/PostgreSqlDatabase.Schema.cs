using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <content>The schema and its versions (ADR 013).</content>
sealed partial class PostgreSqlDatabase
{
    const string Product = "PostgreSql";

    /// <summary>
    /// Held from the first script to the last, by one engine a schema. Never waited for in the server: who waits there
    /// has a snapshot, and a concurrent index build waits for all snapshots older than it, so that each would wait for
    /// the other.
    /// </summary>
    internal const string TryMigrationLock =
        "SELECT pg_try_advisory_lock(hashtextextended('clearance.schema.' || current_schema(), 0))";

    /// <summary>Time between two looks whether the other engine is done.</summary>
    static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A change of a table waits no longer than this for those who use it: whoever comes later queues behind it.
    /// Then it lets them by, and the start tries again.
    /// </summary>
    const string BoundedLockWait = "SET LOCAL lock_timeout = '5s'";

    public async Task Migrate(Action<SchemaNews> tell, CancellationToken cancellationToken)
    {
        // A connection of its own, closed at the end: with it goes the lock, whatever happens.
        await using var source = Source(_migrating);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await Execute(connection, "SET statement_timeout = 0", cancellationToken);

        var open = await Open(connection, cancellationToken);
        if (open.Count > 0)
        {
            await OneAtATime(connection, tell, cancellationToken);
            open = await Open(connection, cancellationToken);
        }
        foreach (var script in open)
        {
            tell(new SchemaNews.Applies(script.Name));
            if (script.InTransaction)
                await Apply(connection, script, cancellationToken);
            else
                await ApplyBesideWrites(connection, script, tell, cancellationToken);
        }

        var found = await State(connection, cancellationToken);
        Migrations.TellNewer(found.Version, _scripts, tell);
    }

    /// <summary>Scripts that are not done: not entered, or with an index whose building was interrupted.</summary>
    async Task<IReadOnlyList<Migration>> Open(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var state = await State(connection, cancellationToken);
        Migrations.Refuse(state.Version, _scripts, Place);

        var indexes = _scripts.SelectMany(s => s.Indexes);
        var invalid = await InvalidIndexes(connection, indexes, cancellationToken);
        return [.. _scripts.Where(s => !state.Applied.Contains(s.Number) || s.Indexes.Any(invalid.Contains))];
    }

    static async Task OneAtATime(
        NpgsqlConnection connection,
        Action<SchemaNews> tell,
        CancellationToken cancellationToken
    )
    {
        for (var first = true; ; first = false)
        {
            if (await Scalar(connection, TryMigrationLock, cancellationToken) is true)
                return;
            if (first)
                tell(new SchemaNews.Waits());
            await Task.Delay(LockPoll, cancellationToken);
        }
    }

    static async Task Apply(
        NpgsqlConnection connection,
        Migration script,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Execute(connection, BoundedLockWait, cancellationToken);
        await Execute(connection, script.Sql, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes go on meanwhile. An interrupted build leaves an index that is kept up to date and never used.</summary>
    static async Task ApplyBesideWrites(
        NpgsqlConnection connection,
        Migration script,
        Action<SchemaNews> tell,
        CancellationToken cancellationToken
    )
    {
        foreach (var index in await InvalidIndexes(connection, script.Indexes, cancellationToken))
        {
            tell(new SchemaNews.Rebuilds(index));
            await Execute(connection, $"DROP INDEX CONCURRENTLY IF EXISTS {index}", cancellationToken);
        }
        foreach (var statement in script.Statements)
            await Execute(connection, statement, cancellationToken);
    }

    static async Task<HashSet<string>> InvalidIndexes(
        NpgsqlConnection connection,
        IEnumerable<string> names,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            """
            SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(@n)
            """,
            [new("n", names.ToArray())]
        );
        var invalid = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            invalid.Add(reader.GetString(0));
        return invalid;
    }

    static async Task<SchemaState> State(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!await HasTable(connection, "schema_step", cancellationToken))
        {
            var isOfFirstEdition =
                await HasTable(connection, "schema_version", cancellationToken)
                && await HasTable(connection, "grain_state", cancellationToken);
            return isOfFirstEdition ? SchemaState.FirstEdition : SchemaState.Of([]);
        }

        var steps = new List<(int Number, int Major)>();
        await using var command = Command(connection, "SELECT number, major FROM schema_step", []);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            steps.Add((reader.GetInt32(0), reader.GetInt32(1)));
        return SchemaState.Of(steps);
    }

    static async Task<bool> HasTable(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellationToken
    ) => await Scalar(connection, $"SELECT to_regclass('{name}') IS NOT NULL", cancellationToken) is true;

    /// <summary>
    /// No time-out: an index of a large table takes as long as it takes. A server that died is noticed by TCP. Plans are
    /// the server's own choice.
    /// </summary>
    static NpgsqlConnectionStringBuilder Migrating(string connectionString) =>
        new(connectionString)
        {
            CommandTimeout = 0,
            Pooling = false,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
        };
}
