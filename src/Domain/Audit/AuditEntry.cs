using ClearanceEngine.Access;

namespace ClearanceEngine.Audit;

/// <summary>How far an act had come when its entry was written.</summary>
public enum AuditOutcome
{
    /// <summary>Written before anything is done. An act that has this entry alone was cut off: what it did, its subject tells.</summary>
    Asked,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was not done, and nothing was changed; the code says why.</summary>
    Refused,

    /// <summary>It ended in an error; it may have been done.</summary>
    Failed,
}

/// <summary>One line of the audit trail. Entries are added and never changed (ADR 030).</summary>
/// <param name="Id">Names the entry: written twice, it is there once.</param>
/// <param name="Act">Names the act: what was asked and what became of it share it.</param>
/// <param name="At">When, by the engine's clock.</param>
/// <param name="Actor">Name of the caller.</param>
/// <param name="ActorKind">Account, machine or development account.</param>
/// <param name="Right">By which right.</param>
/// <param name="Subject">To what.</param>
/// <param name="Detail">To which part of it, such as a document by its number; null for the whole.</param>
/// <param name="From">Network address of the caller, as a known proxy says or as the connection has it.</param>
/// <param name="Reason">Why, in the caller's words, id numbers masked; null where none is asked for.</param>
/// <param name="Outcome">How far it had come.</param>
/// <param name="Code">Problem code of a refusal; null otherwise.</param>
public sealed record AuditEntry(
    Guid Id,
    Guid Act,
    DateTimeOffset At,
    string Actor,
    CallerKind ActorKind,
    Right Right,
    AuditSubject Subject,
    string? Detail,
    string From,
    string? Reason,
    AuditOutcome Outcome,
    string? Code
)
{
    /// <summary>As it is stored and shown.</summary>
    public AuditLine Line() =>
        new(
            Id,
            Act,
            At,
            Actor,
            WireName.Of(ActorKind),
            Right.Descriptor().Name,
            Subject.Text,
            Detail,
            From,
            Reason,
            WireName.Of(Outcome),
            Code
        );
}

/// <summary>
/// An entry as it is stored and shown, its values by their names on the wire: what a newer build wrote is shown by an older one as
/// it stands. See <see cref="AuditEntry"/>.
/// </summary>
public sealed record AuditLine(
    Guid Id,
    Guid Act,
    DateTimeOffset At,
    string Actor,
    string ActorKind,
    string Right,
    string Subject,
    string? Detail,
    string From,
    string? Reason,
    string Outcome,
    string? Code
);

/// <summary>Where an entry stands in the trail: by its time (Unix milliseconds), then its id.</summary>
public readonly record struct AuditPlace(long At, Guid Id);

/// <summary>What is looked for; what is null does not matter.</summary>
/// <param name="Actor">Name of the caller.</param>
/// <param name="Subject">To what.</param>
/// <param name="Right">By which right.</param>
/// <param name="Since">From this time on.</param>
/// <param name="Until">Before this time.</param>
/// <param name="Before">Older than this entry: the end of the page before.</param>
/// <param name="Limit">Most entries of a page.</param>
public sealed record AuditQuery(
    string? Actor,
    AuditSubject? Subject,
    Right? Right,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    AuditPlace? Before,
    int Limit
);
