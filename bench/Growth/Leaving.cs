using System.Diagnostics;
using ClearanceEngine.Bench.Pipeline;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using Npgsql;

namespace ClearanceEngine.Bench.Growth;

/// <summary>What it costs when old parcels leave for the archive.</summary>
/// <param name="CpuMsPerParcel">Of PostgreSQL and of who writes the files.</param>
sealed record LeavingFigures(
    int Parcels,
    double ParcelsPerSecond,
    double CpuMsPerParcel,
    double WalBytesPerParcel
);

/// <summary>Some of the copies are made old, and leave as the engine's retention lets them.</summary>
static class Leaving
{
    const int Parcels = 20_000,
        BatchSize = 500;

    public static async Task<LeavingFigures> Measure(Session session, CancellationToken cancellation)
    {
        await using (
            var command = session.Rig.Database.CreateCommand(
                "UPDATE grain_state SET rest_day = 0 WHERE ctid IN (SELECT ctid FROM grain_state WHERE grain_type = 'parcel' AND position('~' IN grain_key) > 0 LIMIT $1)"
            )
        )
        {
            command.CommandTimeout = 0;
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Parcels });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        var directory = Directory.CreateTempSubdirectory("clearance-bench-archive-");
        try
        {
            await using var database = new PostgreSqlDatabase(
                session.Rig.Database.ConnectionString,
                TimeSpan.FromMinutes(1)
            );
            var archive = new Archive(directory.FullName);
            var (before, watch, left) = (await session.Rig.Use(), Stopwatch.StartNew(), 0);
            for (var some = BatchSize; some == BatchSize; left += some)
                some = await database.Retire(
                    1,
                    BatchSize,
                    rows => archive.Write(rows, DateTimeOffset.UtcNow, cancellation),
                    cancellation
                );
            var (seconds, used) = (watch.Elapsed.TotalSeconds, (await session.Rig.Use()).Since(before));
            return new LeavingFigures(
                left,
                left / seconds,
                (used.Postgres + used.Harness) * 1000 / left,
                used.Database.WalBytes / (double)left
            );
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
