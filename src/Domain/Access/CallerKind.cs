namespace ClearanceEngine.Access;

/// <summary>What a caller is.</summary>
public enum CallerKind
{
    /// <summary>An account of the provider: a person's, or that of a client of which its tokens do not say so.</summary>
    Account,

    /// <summary>A participant's system, or the platform's own: it came with a certificate, or with a token for itself.</summary>
    Machine,

    /// <summary>One of the named accounts of an engine that is being tried out, on loopback alone.</summary>
    Development,

    /// <summary>Whoever runs the host's own verbs on its machine, as the system names them.</summary>
    Host,
}
