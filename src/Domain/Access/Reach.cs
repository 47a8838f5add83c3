namespace ClearanceEngine.Access;

/// <summary>How far a right reaches; the wider one is the greater.</summary>
public enum Reach
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>What is of the participants for which the caller speaks.</summary>
    Own,

    /// <summary>Everyone's.</summary>
    All,
}
