using System.Collections.Immutable;
using ClearanceEngine.Access;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>What a caller may: the widest of its roles, and nothing of its own when nothing is its own.</summary>
public class CallerTests
{
    const string Mine = "310001MINE";
    const string Theirs = "310001THEIRS";

    static readonly Gen<Role> SomeRole = Gen.Enum<Role>();
    static readonly Gen<Right> SomeRight = Gen.Enum<Right>();
    static readonly Gen<Caller> SomeCaller = Gen.Select(
        SomeRole.Array[0, 4],
        Gen.OneOf(Gen.Const("A"), Gen.Const("B"), Gen.Const("C")).Array[0, 3],
        (roles, codes) => new Caller("somebody", CallerKind.Machine, [.. roles], [.. codes])
    );

    [Fact]
    public void A_company_speaks_for_its_own_codes_alone()
    {
        var caller = Of([Role.Company], Mine);

        Assert.True(caller.SpeaksFor(Mine));
        Assert.False(caller.SpeaksFor(Theirs));
        Assert.False(caller.SpeaksFor(Mine.ToLowerInvariant()));
    }

    [Fact]
    public void Who_may_not_send_documents_speaks_for_nobody() =>
        Assert.False(Of([Role.Auditor], Mine).SpeaksFor(Mine));

    [Fact]
    public void Without_a_participant_nothing_is_ones_own() =>
        Assert.Equal(Reach.None, Of([Role.Company]).ReachOf(Right.ReadParcels));

    [Fact]
    public void Codes_are_compared_letter_by_letter_however_the_set_was_made()
    {
        var inAnyCase = ImmutableSortedSet.Create(StringComparer.OrdinalIgnoreCase, Mine);
        var caller = new Caller("m", CallerKind.Machine, [Role.Company], inAnyCase);

        Assert.False(caller.SpeaksFor(Mine.ToLowerInvariant()));
        Assert.DoesNotContain(Mine.ToLowerInvariant(), caller.Participants);
    }

    [Fact]
    public void Reach_is_the_widest_over_the_roles() =>
        Gen.Select(SomeCaller, SomeRight)
            .Sample(
                (caller, right) =>
                {
                    var widest = caller
                        .Roles.Select(role => RightsTable.Of(role, right))
                        .Append(Reach.None)
                        .Max();
                    var isNobodys = widest == Reach.Own && caller.Participants.IsEmpty;
                    return caller.ReachOf(right) == (isNobodys ? Reach.None : widest);
                }
            );

    [Fact]
    public void A_further_role_takes_nothing_away() =>
        Gen.Select(SomeCaller, SomeRole, SomeRight)
            .Sample(
                (caller, role, right) =>
                    (caller with { Roles = caller.Roles.Add(role) }).ReachOf(right) >= caller.ReachOf(right)
            );

    [Fact]
    public void An_audience_is_as_wide_as_the_reach() =>
        Gen.Select(SomeCaller, SomeRight)
            .Sample(
                (caller, right) =>
                {
                    var audience = caller.AudienceOf(right);
                    return caller.ReachOf(right) switch
                    {
                        Reach.All => audience == Audience.All,
                        Reach.Own => audience == Audience.Of(caller.Participants),
                        _ => audience == Audience.Of([]) && !audience.Includes("A"),
                    };
                }
            );

    [Fact]
    public void An_audience_is_known_by_its_companies_in_any_order()
    {
        Assert.Equal(Audience.Of(["B", "A"]), Audience.Of(["A", "B", "A"]));
        Assert.NotEqual(Audience.Of([]), Audience.All);
        Assert.True(Audience.All.Includes(Theirs));
        Assert.False(Audience.Of([Mine]).Includes(Theirs));
    }

    static Caller Of(ImmutableArray<Role> roles, params ImmutableSortedSet<string> codes) =>
        new("somebody", CallerKind.Account, roles, codes);
}
