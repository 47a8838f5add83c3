using System.Data.Common;
using ClearanceEngine.Audit;

namespace ClearanceEngine.Silo.Storage;

/// <summary>A line of the audit trail as its columns have it, the same on both databases.</summary>
static class AuditColumns
{
    public const string Names =
        "id, act, at, actor, actor_kind, act_right, subject, detail, came_from, reason, outcome, code";

    /// <summary>A row of <see cref="Names"/>.</summary>
    public static AuditLine Read(DbDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetGuid(1),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
            row.GetString(3),
            row.GetString(4),
            row.GetString(5),
            row.GetString(6),
            Text(row, 7),
            row.GetString(8),
            Text(row, 9),
            row.GetString(10),
            Text(row, 11)
        );

    static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
