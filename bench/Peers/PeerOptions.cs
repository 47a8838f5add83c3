namespace ClearanceEngine.Bench.Peers;

/// <summary>How a peer works. Both do the same on the same tables; they differ in how much they put into one transaction.</summary>
/// <param name="Workers">Consumers side by side, each with transactions of its own.</param>
/// <param name="Inputs">Documents, receipts and messages of one transaction; 1 takes a message a transaction.</param>
/// <param name="MessagesAtOnce">Outgoing messages of one transaction.</param>
sealed record PeerOptions(
    string BootstrapServers,
    string Database,
    string Directory,
    string StateKey,
    string IdentityKey,
    int Workers,
    int Inputs,
    int MessagesAtOnce
);
