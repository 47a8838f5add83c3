namespace ClearanceEngine.Access;

/// <summary>What a caller is, and so who vouched for it: of two with the same name and other kinds, neither is the other.</summary>
public enum CallerKind
{
    /// <summary>An account of the provider: a person's, or that of a client of which its tokens do not say so.</summary>
    Account,

    /// <summary>A client of the provider that came for itself.</summary>
    Machine,

    /// <summary>Whoever holds the key of a listed certificate.</summary>
    Certificate,

    /// <summary>A client of the engine's own accounts.</summary>
    Client,

    /// <summary>A person with an account of the engine's own.</summary>
    Person,

    /// <summary>One of the named accounts of an engine that is being tried out, on loopback alone.</summary>
    Development,

    /// <summary>Whoever runs the host's own verbs on its machine, as the system names them.</summary>
    Host,
}
