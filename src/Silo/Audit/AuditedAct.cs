using ClearanceEngine.Access;
using ClearanceEngine.Audit;
using Microsoft.AspNetCore.Http.Features;

namespace ClearanceEngine.Silo.Audit;

/// <summary>
/// One act of a caller. It is written down before anything is done, so that nothing is done of which the trail knows nothing; what
/// became of it is written after it (ADR 030).
/// </summary>
/// <param name="write">Stores an entry; done when it is stored.</param>
/// <param name="caller">Who acts.</param>
/// <param name="right">By which right.</param>
/// <param name="from">The caller's network address.</param>
/// <param name="time">The clock.</param>
sealed class AuditedAct(
    Func<AuditEntry, Task> write,
    Caller caller,
    Right right,
    string from,
    TimeProvider time
)
{
    AuditEntry? _asked;

    /// <summary>The act of a request to an endpoint whose right is audited.</summary>
    public static AuditedAct Of(HttpContext context) => context.Features.GetRequiredFeature<AuditedAct>();

    /// <summary>Its first entry is written, and the act may have been done.</summary>
    public bool HasBegun => _asked is not null;

    /// <summary>Before anything is done. The entry is stored when it returns.</summary>
    /// <param name="subject">To what.</param>
    /// <param name="detail">To which part of it.</param>
    /// <param name="reason">Why, as the caller says; id numbers are masked.</param>
    /// <exception cref="Storage.StorageUnavailableException">It cannot be written, and nothing may be done.</exception>
    public async Task Begin(AuditSubject subject, string? detail = null, string? reason = null)
    {
        var now = time.GetUtcNow();
        var asked = new AuditEntry(
            Id: Guid.CreateVersion7(now),
            Act: Guid.NewGuid(),
            At: now,
            Actor: caller.Name,
            ActorKind: caller.Kind,
            Right: right,
            Subject: subject,
            Detail: detail,
            From: from,
            Reason: reason is null ? null : Rules.IdNumbers.Mask(reason),
            Outcome: AuditOutcome.Asked,
            Code: null
        );
        await write(asked);
        _asked = asked;
    }

    /// <summary>After it. Does nothing where it never began.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="code">Problem code of a refusal.</param>
    public Task End(AuditOutcome outcome, string? code)
    {
        if (_asked is null)
            return Task.CompletedTask;

        var now = time.GetUtcNow();
        return write(_asked with { Id = Guid.CreateVersion7(now), At = now, Outcome = outcome, Code = code });
    }
}
