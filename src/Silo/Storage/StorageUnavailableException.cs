namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// The database did not answer within the allowed tries. Whether the last try went through is not known: the caller
/// tries again with what it reads then.
/// </summary>
[GenerateSerializer, Alias("clearance.storage-unavailable")]
public sealed class StorageUnavailableException(string message, Exception innerException)
    : Exception(message, innerException);
