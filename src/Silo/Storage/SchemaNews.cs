namespace ClearanceEngine.Silo.Storage;

/// <summary>What happens while a schema is brought up to date, for people who wait for it.</summary>
public abstract record SchemaNews
{
    /// <summary>Another engine is at it; this one waits for as long as that takes.</summary>
    public sealed record Waits : SchemaNews;

    /// <summary>A script begins.</summary>
    public sealed record Applies(string Script) : SchemaNews;

    /// <summary>The building of this index was interrupted: it is dropped and built again.</summary>
    public sealed record Rebuilds(string Index) : SchemaNews;

    /// <summary>The schema is of a newer minor version: this engine runs with it.</summary>
    public sealed record Newer(SchemaVersion Found, SchemaVersion Known) : SchemaNews;
}
