using ClearanceEngine.Silo.Accounts;
using ClearanceEngine.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ClearanceEngine.Tests.Accounts;

/// <summary>
/// The tables of accounts are made by our script (ADR 013), and what reads them is EF Core by its model: here the two are compared.
/// With <c>CLEARANCE_WRITE_DOCS</c> the scripts are written.
/// </summary>
public sealed class AccountsSchemaTests
{
    [Theory]
    [InlineData("PostgreSql")]
    [InlineData("Sqlite")]
    public void The_script_makes_the_tables_of_the_model(string product)
    {
        var file = Path.Combine(
            Repository.Root,
            "src",
            "Silo",
            "Storage",
            "Sql",
            product,
            "003_accounts.sql"
        );
        var wanted = Script(product);
        if (Environment.GetEnvironmentVariable("CLEARANCE_WRITE_DOCS") is { Length: > 0 })
            File.WriteAllText(file, wanted);

        Assert.Equal(wanted, File.ReadAllText(file));
    }

    static string Script(string product)
    {
        var options = new DbContextOptionsBuilder<AccountsContext>();
        if (product == "Sqlite")
            options.UseSqlite();
        else
            options.UseNpgsql();
        using var context = new AccountsContext(options.Options);
        var tables = context
            .Database.GenerateCreateScript()
            .Replace("\r", "", StringComparison.Ordinal)
            .Replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal)
            .Replace("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", StringComparison.Ordinal)
            .Replace("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX IF NOT EXISTS ", StringComparison.Ordinal)
            .Replace("\n\n\n", "\n\n", StringComparison.Ordinal)
            .Trim();

        return $"""
            -- Accounts of the engine's own (ADR 036): people, OAuth clients, the keys that sign their tokens and those that protect cookies.
            -- Made from the model of AccountsContext, with which AccountsSchemaTests compares it. Empty where Access:Accounts:Issuer is not set.
            {tables}

            INSERT INTO schema_step (number, major, name) VALUES (3, 2, 'accounts') ON CONFLICT DO NOTHING;

            """;
    }
}
