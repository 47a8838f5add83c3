using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// One connection to a SQLite file with a thread of its own: SQLite blocks on the disk, which must hold up neither a
/// grain nor the thread pool. Statements are prepared once.
/// </summary>
sealed class SqliteSession : IDisposable
{
    readonly SqliteConnection _connection;
    readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    readonly BlockingCollection<Action> _work = [];
    readonly Thread _thread;

    public SqliteSession(string connectionString, string name)
    {
        _connection = new SqliteConnection(connectionString);
        _connection.Open();
        Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Does the work on the session's thread; the other members may be called only there.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>What several queries read is of one moment.</summary>
    public T Snapshot<T>(Func<T> read)
    {
        Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            Execute("COMMIT");
        }
    }

    /// <summary>All or nothing, and durable when it returns. IMMEDIATE: a transaction that may write takes the lock before it reads.</summary>
    /// <param name="work">Says whether to commit.</param>
    public void Transaction(Func<bool> work)
    {
        Execute("BEGIN IMMEDIATE");
        var commit = false;
        try
        {
            commit = work();
            if (commit)
                Execute("COMMIT");
        }
        catch
        {
            commit = false;
            throw;
        }
        finally
        {
            // Some errors have rolled back already: then there is nothing to end.
            if (!commit && SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
                Execute("ROLLBACK");
        }
    }

    /// <returns>Rows changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Bind(sql, parameters).ExecuteNonQuery();

    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Bind(sql, parameters).ExecuteScalar();

    public List<T> Query<T>(
        string sql,
        Func<SqliteDataReader, T> row,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        var rows = new List<T>();
        using var reader = Bind(sql, parameters).ExecuteReader();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>Several statements at once.</summary>
    public void Script(string sql)
    {
#pragma warning disable CA2100 // Our own scripts.
        using var command = new SqliteCommand(sql, _connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        foreach (var command in _prepared.Values)
            command.Dispose();
        _connection.Dispose();
        _work.Dispose();
    }

    void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }

    SqliteCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
#pragma warning disable CA2100 // Constants; values are parameters.
            command = new SqliteCommand(sql, _connection);
#pragma warning restore CA2100
            foreach (var (name, _) in parameters)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            _prepared.Add(sql, command);
        }
        for (var i = 0; i < parameters.Length; i++)
            command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        return command;
    }
}
