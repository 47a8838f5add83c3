namespace ClearanceEngine.Silo.Storage;

/// <content>The schema and its versions (ADR 013).</content>
sealed partial class SqliteDatabase
{
    const string Product = "Sqlite";

    public Task Migrate(Action<SchemaNews> tell, CancellationToken cancellationToken) =>
        Writer.Run(() =>
        {
            foreach (var script in Migrations.For(Product))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Apply(script, tell);
            }
            Migrations.Check(SchemaState().Version, Migrations.Known(Product), Place, tell);
            return true;
        });

    /// <summary>One writer at a time: another engine waits for this transaction, and then finds it done.</summary>
    void Apply(Migration script, Action<SchemaNews> tell) =>
        Writer.Transaction(() =>
        {
            var state = SchemaState();
            if (state.Version.Major > Migrations.Known(Product).Major)
                return false; // refused at the end, untouched
            if (state.Applied.Contains(script.Number))
                return false;

            tell(new SchemaNews.Applies(script.Name));
            Writer.Script(script.Sql);
            return true;
        });

    /// <summary>The first scripts stand in schema_version, later ones in schema_step, so that engines that know only the former run on.</summary>
    SchemaState SchemaState()
    {
        var steps = new List<(int Number, int Major)>();
        Add("schema_version", "SELECT version, 1 FROM schema_version");
        Add("schema_step", "SELECT number, major FROM schema_step");
        return Storage.SchemaState.Of(steps);

        void Add(string table, string select)
        {
            if (Writer.Scalar("SELECT 1 FROM sqlite_master WHERE name = $n", ("$n", table)) is null)
                return;
            steps.AddRange(Writer.Query(select, r => (r.GetInt32(0), r.GetInt32(1))));
        }
    }
}
