using System.ComponentModel.DataAnnotations;
using ClearanceEngine.Silo.Settings;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ClearanceEngine.Silo.Storage;

/// <summary>What a connection string says that cannot work, before anybody connects with it.</summary>
static class ConnectionStringFaults
{
    const string Member = nameof(StorageOptions.ConnectionString);

    public static IEnumerable<ValidationResult> Of(StorageProvider provider, string text) =>
        provider == StorageProvider.Sqlite ? OfSqlite(text) : OfPostgreSql(text);

    static IEnumerable<ValidationResult> OfSqlite(string text)
    {
        try
        {
            return new SqliteConnectionStringBuilder(text).DataSource.Length > 0
                ? []
                : [Fault("缺少 Data Source。It names no Data Source; write 'Data Source=PATH'.")];
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return
            [
                Fault("不是 SQLite 连接串。It is no SQLite connection string; write 'Data Source=PATH'."),
            ];
        }
    }

    static IEnumerable<ValidationResult> OfPostgreSql(string text)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            string?[] files = [parts.RootCertificate, parts.SslCertificate, parts.SslKey, parts.Passfile];
            return
            [
                .. files.OfType<string>().SelectMany(f => SettingFile.Faults(Member, f)),
                .. string.IsNullOrWhiteSpace(parts.Host)
                    ? [Fault("缺少 Host。It names no Host; write 'Host=…;Database=…;Username=…;Password=…'.")]
                    : Array.Empty<ValidationResult>(),
            ];
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            // What the parser says may quote a password.
            return
            [
                Fault(
                    "不是 Npgsql 连接串。It is no Npgsql connection string; write 'Host=…;Database=…;Username=…;Password=…'."
                ),
            ];
        }
    }

    static ValidationResult Fault(string text) => new(text, [Member]);
}
