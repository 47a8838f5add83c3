namespace ClearanceEngine.Silo.Audit;

/// <summary>Why somebody acts, as the audit trail and the parcel keep it.</summary>
static class ActReason
{
    /// <summary>Most characters.</summary>
    public const int MostCharacters = 200;

    /// <summary>The reason without blanks around it; null when it is none: empty, too long, or with control characters.</summary>
    public static string? Read(string? text)
    {
        var reason = text?.Trim();
        var isGiven = reason is { Length: > 0 and <= MostCharacters } && !reason.Any(char.IsControl);
        return isGiven ? reason : null;
    }
}
