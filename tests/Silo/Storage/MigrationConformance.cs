using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What the schema scripts promise, whatever the database.</summary>
public abstract class MigrationConformance : DatabaseTest
{
    /// <summary>Folder of the scripts.</summary>
    internal abstract string Product { get; }

    /// <summary>True where a script can be run again without harm.</summary>
    internal abstract bool ScriptsRepeat { get; }

    [Fact]
    public async Task Every_script_enters_itself_once()
    {
        await using var database = Database.Open();
        await database.Migrate(CancellationToken.None);
        await database.Migrate(CancellationToken.None);

        var scripts = Migrations.For(Product);
        Assert.Equal(Enumerable.Range(1, scripts.Count), scripts.Select(s => s.Version));
        Assert.Equal(
            scripts.Select(s => s.Name),
            (await Database.Query("SELECT version, name FROM schema_version ORDER BY version")).Select(r =>
                $"{Convert.ToInt32(r[0]):000}_{r[1]}.sql"
            )
        );
    }

    [Fact]
    public async Task Silos_that_start_together_do_not_disturb_each_other()
    {
        var silos = Enumerable.Range(0, 4).Select(_ => Database.Open()).ToList();
        await Task.WhenAll(silos.Select(s => Task.Run(() => s.Migrate(CancellationToken.None))));
        foreach (var silo in silos)
            await silo.DisposeAsync();
        Assert.Equal(
            Migrations.For(Product).Count,
            (await Database.Query("SELECT version FROM schema_version")).Count
        );
    }

    [Fact]
    public async Task A_database_of_a_newer_engine_is_refused()
    {
        await using var database = Database.Open();
        await database.Migrate(CancellationToken.None);
        await Database.Query("INSERT INTO schema_version (version, name) VALUES (99, 'future')");

        var error = await Assert.ThrowsAsync<NotSupportedException>(() =>
            database.Migrate(CancellationToken.None)
        );
        Assert.Contains("99", error.Message, StringComparison.Ordinal);
        Assert.Contains(database.Place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_that_were_run_by_hand_are_not_run_again()
    {
        foreach (var script in Migrations.For(Product))
        {
            await Database.Query(script.Sql);
            if (ScriptsRepeat)
                await Database.Query(script.Sql);
        }
        await using var silo = await StorageOfSilo.Start(Database);
        await (await silo.Activate("p/a/1")).Write();
        Assert.Equal(
            Migrations.For(Product).Count,
            (await Database.Query("SELECT version FROM schema_version")).Count
        );
    }
}
