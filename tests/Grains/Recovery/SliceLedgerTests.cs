using ClearanceEngine.Recovery;
using Xunit;

namespace ClearanceEngine.Tests.Recovery;

/// <summary>All silos share a list, no slice has two of them, and what a dead one had goes to the others (rule 2).</summary>
public sealed class SliceLedgerTests
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    readonly SliceLedger _ledger = new();
    DateTimeOffset _now = new(2026, 11, 30, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_silo_that_is_alone_has_everything_at_once() => Assert.Equal(SliceSet.All, Renew("a"));

    [Fact]
    public void Silos_that_renew_have_equal_shares_and_no_slice_in_common()
    {
        string[] silos = ["a", "b", "c"];
        var given = silos.ToDictionary(s => s, _ => SliceSet.None, StringComparer.Ordinal);
        for (var round = 0; round < 4; round++)
        {
            foreach (var silo in silos)
            {
                given[silo] = Renew(silo);
                AssertDisjoint(given.Values);
            }
            _now += Lease / 3;
        }

        Assert.Equal(SliceSet.Slices, given.Values.Sum(g => g.Count));
        Assert.All(given.Values, g => Assert.InRange(g.Count, 20, 22));
        Assert.Equal(given["a"], Renew("a"));
    }

    /// <summary>It may have begun something while it asked: only when it asks again is that known to be over.</summary>
    [Fact]
    public void A_slice_changes_hands_only_when_its_silo_has_heard_of_it_and_works_on_nothing_of_it()
    {
        Renew("a");
        Assert.Equal(SliceSet.None, Renew("b"));
        var kept = Renew("a");
        Assert.Equal(32, kept.Count);
        Assert.Equal(SliceSet.None, Renew("b"));

        var lost = Enumerable.Range(0, SliceSet.Slices).First(s => !kept.Contains(s));
        var busy = SliceSet.None.With(lost);
        Assert.True(Renew("a", busy).Contains(lost)); // what it works on is what it keeps
        Renew("a", kept.With(lost));
        var others = Renew("b");
        Assert.False(others.Contains(lost));
        Assert.InRange(others.Count, 30, 32);
    }

    [Fact]
    public void What_a_silent_silo_had_goes_to_the_others_when_its_lease_is_over()
    {
        Renew("a");
        Renew("b");
        Renew("a");
        Renew("a");
        Assert.Equal(32, Renew("b").Count);

        _now += Lease - TimeSpan.FromSeconds(1);
        Assert.Equal(32, Renew("b").Count);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(SliceSet.All, Renew("b"));
    }

    [Fact]
    public void Keys_spread_over_all_slices()
    {
        var counts = Enumerable.Range(0, 64_000).CountBy(i => SliceSet.Of($"p/SIM-{i}")).ToArray();

        Assert.Equal(SliceSet.Slices, counts.Length);
        Assert.All(counts, c => Assert.InRange(c.Value, 700, 1_300));
        Assert.Equal(SliceSet.Of("p/2026"), SliceSet.Of(new string("p/2026")));
    }

    SliceSet Renew(string silo, SliceSet busy = default) => _ledger.Renew(silo, busy, _now, Lease);

    static void AssertDisjoint(IEnumerable<SliceSet> sets) =>
        Assert.Equal(
            sets.Sum(s => s.Count),
            sets.Aggregate(SliceSet.None, (all, s) => new(all.Bits | s.Bits)).Count
        );
}
