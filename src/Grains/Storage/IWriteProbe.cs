namespace ClearanceEngine.Storage;

/// <summary>Whether the database takes writes from this silo: others may have another way to it.</summary>
public interface IWriteProbe
{
    /// <summary>Returns when it did so less than a second before the call, or since.</summary>
    /// <exception cref="Exception">It does not; the message says which database and why.</exception>
    Task Ask(CancellationToken cancellationToken = default);
}
