using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <summary>What a failover leaves behind: connections to a server that shut down or is a standby now.</summary>
sealed partial class PostgreSqlDatabase
{
    /// <summary>Many connections notice at the same time; new ones must not be thrown away for what the old ones tell.</summary>
    static readonly TimeSpan BetweenDrops = TimeSpan.FromSeconds(1);

    readonly Lock _dropLock = new();
    readonly TimeProvider _time;
    long? _dropped;

    /// <summary>The row that the first script wrote, once more: a real commit, which a standby, a full disk or a server that forbids writing refuses.</summary>
    public async Task TryWrite(CancellationToken cancellationToken)
    {
        try
        {
            // Into a table that the work writes, too: a silo needs no right for this that it has not anyway, and a disk that is
            // full says no to both. Nobody looks the name up.
            await using var batch = _source.CreateBatch();
            batch.BatchCommands.Add(new("DELETE FROM document_index WHERE index_key = 'probe'"));
            batch.BatchCommands.Add(
                new(
                    "INSERT INTO document_index (index_key, grain_key) VALUES ('probe', 'probe') ON CONFLICT DO NOTHING"
                )
            );
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }
    }

    public void Failed(Exception error)
    {
        if (!MeansFailover(error))
            return;
        lock (_dropLock)
        {
            if (_dropped is { } before && _time.GetElapsedTime(before) < BetweenDrops)
                return;
            _dropped = _time.GetTimestamp();
        }
        // Idle ones are closed, those in use when they are given back; what is opened from now on goes where the name leads now.
        _source.Clear();
        // Membership and settings, which Orleans keeps, have pools of their own.
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>The server shut down, crashed or is starting (57P01 to 57P03), is a standby now (25006), or the connection is gone (class 08).</summary>
    static bool MeansFailover(Exception error) =>
        error is PostgresException { SqlState: var state }
        && (
            state is "57P01" or "57P02" or "57P03" or "25006"
            || state.StartsWith("08", StringComparison.Ordinal)
        );

    /// <summary>Of several hosts, one that takes writes is used, unless the string names another wish.</summary>
    internal static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder builder)
    {
        if (builder.Host?.Contains(',', StringComparison.Ordinal) != true)
            return NpgsqlDataSource.Create(builder.ConnectionString);

        var wanted = Enum.TryParse<TargetSessionAttributes>(
            builder.TargetSessionAttributes?.Replace("-", "", StringComparison.Ordinal),
            ignoreCase: true,
            out var named
        )
            ? named
            : TargetSessionAttributes.ReadWrite;
        var hosts = new NpgsqlConnectionStringBuilder(builder.ConnectionString)
        {
            TargetSessionAttributes = null,
        };
        return new NpgsqlDataSourceBuilder(hosts.ConnectionString).BuildMultiHost().WithTargetSession(wanted);
    }
}
