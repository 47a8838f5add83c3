namespace ClearanceEngine.Silo.Storage;

/// <content>The schema and its versions (ADR 013).</content>
sealed partial class SqliteDatabase
{
    const string Product = "Sqlite";

    public Task Migrate(Action<SchemaNews> tell, CancellationToken cancellationToken) =>
        Writer.Run(() =>
        {
            foreach (var script in _scripts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Apply(script, tell);
            }
            Migrations.TellNewer(SchemaState().Version, _scripts, tell);
            return true;
        });

    /// <summary>One writer at a time: another engine waits for this transaction, and then finds it done.</summary>
    void Apply(Migration script, Action<SchemaNews> tell) =>
        Writer.Transaction(() =>
        {
            var state = SchemaState();
            Migrations.Refuse(state.Version, _scripts, Place);
            if (state.Applied.Contains(script.Number))
                return false;

            tell(new SchemaNews.Applies(script.Name));
            Writer.Script(script.Sql);
            return true;
        });

    SchemaState SchemaState()
    {
        if (HasTable("schema_step"))
        {
            var steps = Writer.Query("SELECT number, major FROM schema_step", r =>
                (r.GetInt32(0), r.GetInt32(1))
            );
            return Storage.SchemaState.Of(steps);
        }
        var isOfFirstEdition = HasTable("schema_version") && HasTable("grain_state");
        return isOfFirstEdition ? Storage.SchemaState.FirstEdition : Storage.SchemaState.Of([]);
    }

    bool HasTable(string name) =>
        Writer.Scalar("SELECT 1 FROM sqlite_master WHERE name = $n", ("$n", name)) is not null;
}
