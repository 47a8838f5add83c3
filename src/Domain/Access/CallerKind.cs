namespace ClearanceEngine.Access;

/// <summary>What a caller is.</summary>
public enum CallerKind
{
    /// <summary>Somebody who has signed in.</summary>
    Person,

    /// <summary>A participant's system, or the platform's own.</summary>
    Machine,

    /// <summary>One of the named accounts of an engine that is being tried out, on loopback alone.</summary>
    Development,
}
