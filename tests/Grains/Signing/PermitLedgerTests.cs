using ClearanceEngine.Signing;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Signing;

public class PermitLedgerTests
{
    static readonly SigningPoolOptions Options = new() { Sessions = 8, LeaseLength = TimeSpan.FromSeconds(30), Grace = TimeSpan.FromSeconds(15) };

    [Fact]
    public void A_silo_alone_gets_what_it_wants_and_a_newcomer_finds_room_after_a_renewal()
    {
        var ledger = new PermitLedger(Options);
        var now = DateTimeOffset.UnixEpoch;
        (var state, var a) = ledger.Lease(new PoolState(), "a", 8, now);
        Assert.Equal(8, a.Permits);
        (state, var b) = ledger.Lease(state, "b", 8, now);
        Assert.Equal(0, b.Permits);
        (state, a) = ledger.Lease(state, "a", 8, now);
        Assert.Equal(4, a.Permits);
        (state, b) = ledger.Lease(state, "b", 8, now);
        Assert.Equal(0, b.Permits); // a learnt of its share with this answer; it has closed the others when it renews
        (state, _) = ledger.Lease(state, "a", 8, now);
        (_, b) = ledger.Lease(state, "b", 8, now);
        Assert.Equal(4, b.Permits);
    }

    [Fact]
    public void A_silent_silo_loses_its_permits_only_after_deadline_and_grace()
    {
        var ledger = new PermitLedger(Options);
        var now = DateTimeOffset.UnixEpoch;
        var (state, _) = ledger.Lease(new PoolState(), "a", 8, now);
        Assert.Equal(0, ledger.Lease(state, "b", 8, now + TimeSpan.FromSeconds(44)).Lease.Permits);
        Assert.Equal(8, ledger.Lease(state, "b", 8, now + TimeSpan.FromSeconds(45)).Lease.Permits);
    }

    /// <summary>Sessions really open: a silo opens after an answer, closes what it must on an answer, and all at its deadline.</summary>
    [Fact]
    public void Sessions_open_at_once_never_exceed_the_token() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 10], Gen.Int[0, 20]).Array[1, 80].Sample(calls =>
        {
            var ledger = new PermitLedger(Options);
            var state = new PoolState();
            var now = DateTimeOffset.UnixEpoch;
            var open = new Dictionary<string, PermitLease>();
            foreach (var (silo, wanted, seconds) in calls)
            {
                now += TimeSpan.FromSeconds(seconds);
                var holder = $"silo{silo}";
                (state, var lease) = ledger.Lease(state, holder, wanted, now);
                open[holder] = lease;
                if (open.Values.Where(l => l.Deadline > now).Sum(l => l.Permits) > Options.Sessions) return false;
            }
            return true;
        }, iter: 2_000);
}
