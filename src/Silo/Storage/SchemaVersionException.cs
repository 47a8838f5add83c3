namespace ClearanceEngine.Silo.Storage;

/// <summary>The database is of a major version with which this engine cannot work; the text says what to do.</summary>
public sealed class SchemaVersionException(string message) : Exception(message);
