namespace ClearanceEngine.Silo.Storage;

/// <summary>The database is of a newer major version than this engine; the text says what to do.</summary>
public sealed class SchemaTooNewException(string message) : Exception(message);
