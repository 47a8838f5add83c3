using System.Data.Common;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What the schema scripts promise, whatever the database.</summary>
public abstract class MigrationConformance : DatabaseTest
{
    const string Applied = "SELECT number, name FROM schema_step ORDER BY 1";

    /// <summary>As a later minor version would have it.</summary>
    static readonly Migration Adds = Migrations.Parse(
        "090_adds.sql",
        """
        ALTER TABLE grain_state ADD COLUMN trial integer NOT NULL DEFAULT 0;
        INSERT INTO schema_step (number, major, name) VALUES (90, 2, 'adds');
        """
    );

    /// <summary>As a later major version would have it.</summary>
    static readonly Migration Takes = Migrations.Parse(
        "091_takes.sql",
        """
        -- Major: 3
        ALTER TABLE grain_state DROP COLUMN trial;
        INSERT INTO schema_step (number, major, name) VALUES (91, 3, 'takes');
        """
    );

    /// <summary>Folder of the scripts.</summary>
    internal abstract string Product { get; }

    /// <summary>Statements that make what the engine of the first edition left behind, with a parcel in it.</summary>
    internal abstract IReadOnlyList<string> FirstEdition { get; }

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
        await Database.Query("INSERT INTO schema_step (number, major, name) VALUES (99, 3, 'future')");

        var error = await Assert.ThrowsAsync<SchemaVersionException>(() => Migrate());
        Assert.Contains("schema 3.99", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start an engine of major version 3", error.Message, StringComparison.Ordinal);
        Assert.Contains(Database.Open().Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_restarts_beside_a_newer_minor_version_runs()
    {
        await Migrate();
        await Database.Query("INSERT INTO schema_step (number, major, name) VALUES (99, 2, 'future')");
        await Database.Query("ALTER TABLE grain_state ADD COLUMN of_the_future integer NOT NULL DEFAULT 0");
        News.Clear();

        await Migrate();
        Assert.Equal(
            [new SchemaNews.Newer(new SchemaVersion(2, 99), Migrations.Known(Migrations.For(Product)))],
            News
        );
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
            await ByHand(script);
        }
        await using var silo = await StorageOfSilo.Start(Database);
        await (await silo.Activate("p/a/1")).Write();
        Assert.Equal(Migrations.For(Product).Select(s => s.Name), await Names());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_of_the_first_edition_is_refused_and_left_as_it_is(bool hasSteps)
    {
        await Database.Run(FirstEdition);
        if (hasSteps)
            await Database.Run([
                "CREATE TABLE schema_step (number integer, major integer, name text)",
                "INSERT INTO schema_step (number, major, name) VALUES (6, 1, 'steps')",
            ]);

        var error = await Assert.ThrowsAsync<SchemaVersionException>(() => Migrate());
        Assert.Contains("请改用一个新的空数据库", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start with a new, empty database", error.Message, StringComparison.Ordinal);
        Assert.Contains(Database.Open().Place, error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unusable, ExpectedFailure.Of(error)?.Code);
        Assert.Empty(News);
        Assert.Single(await Database.Query("SELECT grain_key FROM grain_state"));
        await Assert.ThrowsAnyAsync<DbException>(() => Database.Query("SELECT 1 FROM grain_journal"));
    }

    /// <summary>Others count their scripts in a table of that name, too.</summary>
    [Fact]
    public async Task A_table_that_only_has_the_name_of_a_former_one_is_no_hindrance()
    {
        await Database.Query("CREATE TABLE schema_version (version integer)");
        await Migrate();
        await Migrate();
        Assert.Equal(Migrations.For(Product).Select(s => new SchemaNews.Applies(s.Name)), News);
    }

    [Fact]
    public async Task Later_scripts_are_added_to_a_database_that_is_there_and_a_new_major_locks_the_older_engine_out()
    {
        await Migrate();
        News.Clear();

        await Migrate([.. Migrations.For(Product), Adds]);
        Assert.Equal([new SchemaNews.Applies(Adds.Name)], News);
        await using (var silo = await StorageOfSilo.Start(Database))
            await (await silo.Activate("p/a/1")).Write(s => s.Text = "the older one goes on");
        Assert.Empty(await Database.Query("SELECT grain_key FROM grain_state WHERE trial = 1"));

        await Migrate([.. Migrations.For(Product), Adds, Takes]);
        var error = await Assert.ThrowsAsync<SchemaVersionException>(() => Migrate());
        Assert.Contains("schema 3.91", error.Message, StringComparison.Ordinal);
        Assert.Contains("engine of major version 3", error.Message, StringComparison.Ordinal);
    }

    internal async Task Migrate(IReadOnlyList<Migration>? scripts = null)
    {
        await using var database = Database.Open(scripts);
        await database.Migrate(Tell, TestContext.Current.CancellationToken);
    }

    internal void Tell(SchemaNews news)
    {
        lock (News)
            News.Add(news);
    }

    async Task<IEnumerable<string>> Names() =>
        (await Database.Query(Applied)).Select(r => $"{Convert.ToInt32(r[0]):000}_{r[1]}.sql");

    async Task ByHand(Migration script)
    {
        if (script.InTransaction)
            await Database.Query(script.Sql);
        else
            await Database.Run([.. script.Statements]);
    }
}
