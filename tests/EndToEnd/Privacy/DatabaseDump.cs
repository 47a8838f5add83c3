using System.Globalization;
using System.Text;
using Npgsql;

namespace ClearanceEngine.Tests.Privacy;

/// <summary>Every column of every row of every table.</summary>
static class DatabaseDump
{
    public static async Task<IReadOnlyList<(string Where, byte[] Value)>> Read(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var tables = new List<string>();
        await using (
            var command = source.CreateCommand(
                "SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }
        var values = new List<(string, byte[])>();
        foreach (var table in tables)
        {
#pragma warning disable CA2100 // names that the database itself quoted
            await using var command = source.CreateCommand($"SELECT * FROM {table}");
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    var value = reader.GetValue(i);
                    values.Add(
                        (
                            $"{table}.{reader.GetName(i)}",
                            value as byte[]
                                ?? Encoding.UTF8.GetBytes(
                                    Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""
                                )
                        )
                    );
                }
            }
        }
        return values;
    }
}
