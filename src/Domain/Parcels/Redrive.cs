namespace ClearanceEngine.Parcels;

/// <summary>From when on what is in an outbox is tried again: one rule for a parcel's and for that of what waits for one.</summary>
static class Redrive
{
    /// <summary>
    /// The time; null with an empty outbox. One that is far enough stays: a row whose times are what they were is rewritten without
    /// touching an index (ADR 022).
    /// </summary>
    /// <param name="at">The time so far.</param>
    /// <param name="isWaiting">Something is in the outbox.</param>
    /// <param name="isChanged">The outbox is another than before.</param>
    /// <param name="now">When.</param>
    /// <param name="after">How long what is new in it waits.</param>
    public static DateTimeOffset? Next(
        DateTimeOffset? at,
        bool isWaiting,
        bool isChanged,
        DateTimeOffset now,
        TimeSpan after
    )
    {
        if (!isWaiting)
            return null;
        if (at is not null && !isChanged)
            return at;
        return at >= now + (after / 2) ? at : now + after;
    }
}
