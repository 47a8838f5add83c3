using System.Collections.Immutable;

namespace ClearanceEngine.Access;

/// <summary>An authenticated caller.</summary>
/// <param name="Name">As it is known to whoever authenticated it; it stands in the audit trail.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Roles">Its roles; none is nobody who may do anything.</param>
/// <param name="Participants">Codes of the participants that it is bound to, compared ordinally.</param>
public sealed record Caller(
    string Name,
    CallerKind Kind,
    ImmutableArray<Role> Roles,
    ImmutableSortedSet<string> Participants
)
{
    /// <summary>Ordinal, however the set was made: a code that is equal in some culture only is another company's.</summary>
    public ImmutableSortedSet<string> Participants { get; } =
        Participants.WithComparer(StringComparer.Ordinal);

    /// <summary>What is counted or kept for a caller is kept under it.</summary>
    public CallerIdentity Identity => new(Kind, Name);

    /// <summary>How far a right reaches for it: the widest over its roles. <see cref="Reach.Own"/> is nothing for who is bound to no participant.</summary>
    public Reach ReachOf(Right right)
    {
        var widest = Reach.None;
        foreach (var role in Roles)
        {
            var reach = RightsTable.Of(role, right);
            if (reach > widest)
                widest = reach;
        }
        return widest == Reach.Own && Participants.IsEmpty ? Reach.None : widest;
    }

    /// <summary>It may send documents that are transmitted by this participant (<c>copCode</c>).</summary>
    public bool SpeaksFor(string participant) => AudienceOf(Right.SubmitDocuments).Includes(participant);

    /// <summary>For whom what the right shows is made; nobody, if it does not have the right.</summary>
    public Audience AudienceOf(Right right) =>
        ReachOf(right) switch
        {
            Reach.All => Audience.All,
            Reach.Own => Audience.Of(Participants),
            _ => Audience.Of([]),
        };
}
