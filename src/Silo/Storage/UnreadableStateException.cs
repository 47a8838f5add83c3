using Orleans.Runtime;

namespace ClearanceEngine.Silo.Storage;

/// <summary>
/// The stored state of one grain cannot be read by this engine: a newer version wrote it, its key is not in the ring, its
/// bytes were changed, or the database cannot give the row. Only this grain is concerned; the text names it and says what
/// to do. It is of Orleans' own kind because Orleans hands these to the caller as they are, and wraps others.
/// </summary>
[GenerateSerializer, Alias("clearance.unreadable-state")]
public sealed class UnreadableStateException(string message, Exception innerException)
    : OrleansException(message, innerException);
