namespace ClearanceEngine.Silo.Storage;

/// <summary>A key that what is stored depends on, as its database knows it.</summary>
/// <param name="Name">The setting that holds it.</param>
/// <param name="Fingerprint">See <see cref="KeyFingerprint"/>.</param>
/// <param name="Since">Unix milliseconds of the first start with it.</param>
/// <param name="InUse">True when something may be stored under it; false for a key of the ring that was never the current one.</param>
public sealed record DatabaseKey(string Name, string Fingerprint, long Since, bool InUse);
