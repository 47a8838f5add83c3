using System.Globalization;
using System.Text.RegularExpressions;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What the schema scripts promise, whatever the database.</summary>
public abstract partial class MigrationConformance : DatabaseTest
{
    const string Applied =
        "SELECT version, name FROM schema_version UNION ALL SELECT number, name FROM schema_step ORDER BY 1";

    /// <summary>Folder of the scripts.</summary>
    internal abstract string Product { get; }

    /// <summary>True where a script can be run again without harm.</summary>
    internal abstract bool ScriptsRepeat { get; }

    /// <summary>The last script of the released version whose statements are recorded.</summary>
    internal abstract int Released { get; }

    /// <summary>What the migration told.</summary>
    internal List<SchemaNews> News { get; } = [];

    [Fact]
    public async Task Every_script_enters_itself_once()
    {
        await Migrate();
        await Migrate();

        var scripts = Migrations.For(Product);
        Assert.Equal(Enumerable.Range(1, scripts.Count), scripts.Select(s => s.Number));
        Assert.Equal(scripts.Select(s => s.Name), await Names());
        Assert.Equal(scripts.Select(s => new SchemaNews.Applies(s.Name)), News);
    }

    [Fact]
    public async Task Silos_that_start_together_do_not_disturb_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrate())));

        Assert.Equal(Migrations.For(Product).Select(s => s.Name), await Names());
        Assert.Equal(Migrations.For(Product).Count, News.OfType<SchemaNews.Applies>().Count());
    }

    [Fact]
    public async Task A_database_of_a_newer_major_version_is_refused_and_says_what_to_do()
    {
        await Migrate();
        await Database.Query("INSERT INTO schema_step (number, major, name) VALUES (99, 2, 'future')");

        var error = await Assert.ThrowsAsync<SchemaTooNewException>(Migrate);
        Assert.Contains("schema 2.99", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start an engine of major version 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(Database.Open().Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_restarts_beside_a_newer_minor_version_runs()
    {
        await Migrate();
        await Database.Query("INSERT INTO schema_step (number, major, name) VALUES (99, 1, 'future')");
        await Database.Query("ALTER TABLE grain_state ADD COLUMN of_the_future integer NOT NULL DEFAULT 0");
        News.Clear();

        await Migrate();
        Assert.Equal([new SchemaNews.Newer(new SchemaVersion(1, 99), Migrations.Known(Product))], News);
        await using var silo = await StorageOfSilo.Start(Database);
        await (await silo.Activate("p/a/1")).Write(s => s.Text = "goes on");
        Assert.Equal("goes on", (await silo.Activate("p/a/1")).State.Text);
    }

    [Fact]
    public async Task Scripts_that_were_run_by_hand_are_not_run_again()
    {
        foreach (var script in Migrations.For(Product))
        {
            await ByHand(script);
            if (ScriptsRepeat)
                await ByHand(script);
        }
        await using var silo = await StorageOfSilo.Start(Database);
        await (await silo.Activate("p/a/1")).Write();
        Assert.Equal(Migrations.For(Product).Select(s => s.Name), await Names());
    }

    [Fact]
    public async Task The_released_engine_works_on_the_schema_of_this_one()
    {
        await Migrate();
        await RunReleased();
    }

    [Fact]
    public async Task A_database_of_the_released_engine_is_upgraded_with_what_is_in_it()
    {
        await MakeReleased();
        await RunReleased();

        await using var silo = await StorageOfSilo.Start(Database);
        var row = Assert.Single(await silo.Database.Read([new RowKey("parcel", "p/old/1")]));
        Assert.Equal((1, "01"), (row!.Version, Convert.ToHexString(row.Payload)));
        await (await silo.Activate("p/a/1")).Write(s => s.Text = "new");
        Assert.Equal(Migrations.For(Product).Select(s => s.Name), await Names());
    }

    internal async Task Migrate()
    {
        await using var database = Database.Open();
        await database.Migrate(Tell, TestContext.Current.CancellationToken);
    }

    internal void Tell(SchemaNews news)
    {
        lock (News)
            News.Add(news);
    }

    /// <summary>The database as the released engine left it.</summary>
    internal async Task MakeReleased()
    {
        foreach (var script in Migrations.For(Product).Where(s => s.Number <= Released))
            await ByHand(script);
    }

    /// <summary>What the released engine sends, against what it expects.</summary>
    internal async Task RunReleased()
    {
        var file = Path.Combine(
            AppContext.BaseDirectory,
            "Storage",
            "Released",
            $"{Product}-1.{Released}.sql"
        );
        var script = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        string[] statements = [.. script.Split(";\n", StringSplitOptions.RemoveEmptyEntries)];

        var rows = await Database.Run(statements);
        Assert.All(statements.Zip(rows).Where(s => Expected(s.First) is not null), s =>
            Assert.True(Expected(s.First) == s.Second, $"{s.Second} rows of {s.First}")
        );
    }

    static int? Expected(string statement) =>
        ExpectLine().Match(statement) is { Success: true } line
            ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : null;

    async Task<IEnumerable<string>> Names() =>
        (await Database.Query(Applied)).Select(r => $"{Convert.ToInt32(r[0]):000}_{r[1]}.sql");

    async Task ByHand(Migration script)
    {
        if (script.InTransaction)
            await Database.Query(script.Sql);
        else
            await Database.Run([.. script.Statements]);
    }

    [GeneratedRegex("^-- expect ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex ExpectLine();
}
