using ClearanceEngine.Storage;
using Microsoft.Data.Sqlite;

namespace ClearanceEngine.Silo.Storage;

/// <summary>State in one SQLite file: a single writer, write-ahead log, fully synchronous commits.</summary>
sealed partial class SqliteDatabase : IStateDatabase
{
    readonly string _path;
    readonly Lazy<SqliteSession> _writer;
    readonly Lazy<SqliteSession> _reader;
    readonly IReadOnlyList<Migration> _scripts;

    /// <param name="connectionString">Names the file.</param>
    /// <param name="commandTimeout">How long it is waited for another process's lock.</param>
    /// <param name="scripts">What makes the schema; this engine's where none are given.</param>
    public SqliteDatabase(
        string connectionString,
        TimeSpan commandTimeout,
        IReadOnlyList<Migration>? scripts = null
    )
    {
        _scripts = scripts ?? Migrations.For(Product);
        var builder = new SqliteConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            DefaultTimeout = (int)commandTimeout.TotalSeconds,
        };
        _path = Path.GetFullPath(builder.DataSource);
        _writer = new(() => Open(builder.ConnectionString, "sqlite writer"));
        _reader = new(() => Open(builder.ConnectionString, "sqlite reader"));
    }

    public string Place => $"SQLite {_path}";

    SqliteSession Writer => _writer.Value;

    SqliteSession Reader => _reader.Value;

    /// <summary>Busy, locked, an I/O error, a full disk: none of them is the fault of what was written.</summary>
    public bool IsTransient(Exception error) =>
        error is SqliteException { SqliteErrorCode: 5 or 6 or 10 or 13 };

    public Task Ping(CancellationToken cancellationToken) =>
        Reader.Run(() => Reader.Scalar("SELECT 1")).WaitAsync(cancellationToken);

    public Task TryWrite(CancellationToken cancellationToken) =>
        Writer
            .Run(() =>
            {
                // Nobody waits for it any more: the disk is spared.
                cancellationToken.ThrowIfCancellationRequested();
                return Writer.Execute("UPDATE schema_step SET number = number WHERE number = 1");
            })
            .WaitAsync(cancellationToken);

    /// <summary>A file has no other server.</summary>
    public void Failed(Exception error) { }

    public ValueTask DisposeAsync()
    {
        if (_writer.IsValueCreated)
            Writer.Dispose();
        if (_reader.IsValueCreated)
            Reader.Dispose();
        return ValueTask.CompletedTask;
    }

    SqliteSession Open(string connectionString, string name)
    {
        try
        {
            if (Path.GetDirectoryName(_path) is { Length: > 0 } directory)
                Directory.CreateDirectory(directory);
            return new SqliteSession(connectionString, name);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"{Place} cannot be opened: {e.Message} Check Storage:ConnectionString and the rights on its directory.",
                e
            );
        }
    }
}
