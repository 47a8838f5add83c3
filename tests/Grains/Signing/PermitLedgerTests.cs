using ClearanceEngine.Signing;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Signing;

public class PermitLedgerTests
{
    static readonly SigningPoolOptions Options = new()
    {
        Sessions = 8,
        LeaseLength = TimeSpan.FromSeconds(30),
        Grace = TimeSpan.FromSeconds(15),
    };

    readonly PermitLedger _ledger = new(Options);
    PoolState _state = new();
    DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_silo_alone_gets_what_it_wants_and_a_newcomer_finds_room_after_a_renewal()
    {
        var a = Lease("a", 8);
        Assert.Equal(8, a.Permits);
        var b = Lease("b", 8);
        Assert.Equal(0, b.Permits);
        a = Lease("a", 8, a);
        Assert.Equal(4, a.Permits);
        b = Lease("b", 8, b);
        Assert.Equal(0, b.Permits); // a learns of its share with this answer; it has closed the others when it renews
        a = Lease("a", 8, a);
        b = Lease("b", 8, b);
        Assert.Equal((4, 4), (a.Permits, b.Permits));
    }

    [Fact]
    public void A_shrunk_lease_whose_answer_was_lost_leaves_the_larger_one_in_force_until_its_end()
    {
        var a = Lease("a", 8);
        var b = Lease("b", 8);
        Lease("a", 8, a); // 4; the answer is lost
        Lease("a", 8, a); // asked again; a still has 8 sessions open
        Assert.Equal(0, Lease("b", 8, b).Permits);
        _now += TimeSpan.FromSeconds(44);
        Assert.Equal(0, Lease("b", 8).Permits);
        _now += TimeSpan.FromSeconds(1);
        Lease("a", 8);
        Assert.Equal(4, Lease("b", 8).Permits);
    }

    [Fact]
    public void A_silent_silo_loses_its_permits_only_after_deadline_and_grace()
    {
        Lease("a", 8);
        _now += TimeSpan.FromSeconds(44);
        Assert.Equal(0, Lease("b", 8).Permits);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(8, Lease("b", 8).Permits);
    }

    [Fact]
    public void What_one_does_not_want_another_gets()
    {
        var small = Lease("a", 1);
        Assert.Equal(7, Lease("b", 20).Permits);
        small = Lease("a", 1, small);
        Assert.Equal(1, small.Permits);
    }

    [Fact]
    public void With_more_silos_than_sessions_the_first_by_name_have_one_each_and_keep_it()
    {
        var leases = new Dictionary<string, PermitLease>();
        for (var round = 0; round < 6; round++)
        {
            foreach (var holder in Enumerable.Range(0, 10).Select(i => $"silo{i}"))
                leases[holder] = Lease(holder, 4, leases.GetValueOrDefault(holder));
        }
        Assert.Equal(
            [1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
            leases.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Value.Permits)
        );
    }

    [Fact]
    public void A_process_that_stops_gives_back_at_once()
    {
        Lease("a", 8);
        Assert.Equal(0, Lease("a", 0).Permits);
        Assert.Equal(8, Lease("b", 8).Permits);
        Assert.Equal("b", Assert.Single(_state.Leases).Holder);
    }

    [Fact]
    public void A_made_up_lease_ends_nothing()
    {
        Lease("a", 8);
        Lease("a", 8, new PermitLease("a", 0, _now.AddDays(1)));
        Assert.Equal(0, Lease("b", 8).Permits);
    }

    [Fact]
    public void A_silo_that_never_hears_an_answer_does_not_fill_the_store()
    {
        for (var i = 0; i < 1_000; i++)
            Lease("a", 8);
        Assert.True(Assert.Single(_state.Leases).Grants.Length <= 16);
        _now += TimeSpan.FromSeconds(60);
        Assert.Equal(8, Lease("a", 8).Permits);
        Assert.Single(Assert.Single(_state.Leases).Grants);
    }

    /// <summary>
    /// Silos whose calls and answers are lost, late and out of order. A silo opens sessions after an answer, has closed
    /// what goes beyond it when it asks next, and has closed all within the grace after its lease, counted from when it asked.
    /// </summary>
    [Fact]
    public void Sessions_open_at_once_never_exceed_the_token() =>
        Gen.Select(Gen.Int[0, 3], Gen.Enum<Step>(), Gen.Int[1, 10], Gen.Int[0, 20])
            .Array[1, 200]
            .Sample(
                steps =>
                {
                    var ledger = new PermitLedger(Options);
                    var state = new PoolState();
                    var now = DateTimeOffset.UnixEpoch;
                    var silos = Enumerable.Range(0, 4).Select(i => new Silo($"silo{i}")).ToArray();
                    foreach (var (index, step, wanted, seconds) in steps)
                    {
                        var silo = silos[index];
                        switch (step)
                        {
                            case Step.Wait:
                                now += TimeSpan.FromSeconds(seconds);
                                break;
                            case Step.Ask:
                                silo.Ask(wanted, now);
                                break;
                            case Step.Arrive when silo.Calls.Count > 0:
                                var call = silo.Calls[seconds % silo.Calls.Count];
                                silo.Calls.Remove(call);
                                (state, call.Answer) = ledger.Lease(
                                    state,
                                    silo.Name,
                                    call.Wanted,
                                    call.Last,
                                    now
                                );
                                break;
                            case Step.Hear:
                                silo.Hear();
                                break;
                        }
                        if (silos.Sum(s => s.Open(now)) > Options.Sessions)
                            return false;
                    }
                    return true;
                },
                iter: 5_000
            );

    PermitLease Lease(string holder, int wanted, PermitLease? last = null)
    {
        (_state, var lease) = _ledger.Lease(_state, holder, wanted, last, _now);
        return lease;
    }

    enum Step
    {
        Wait,
        Ask,
        Arrive,
        Hear,
    }

    sealed class Call(int wanted, PermitLease? last, DateTimeOffset asked)
    {
        public int Wanted => wanted;

        public PermitLease? Last => last;

        public DateTimeOffset Asked => asked;

        public PermitLease? Answer { get; set; }
    }

    sealed class Silo(string name)
    {
        readonly List<(int Permits, DateTimeOffset Closed)> _open = [];
        PermitLease? _last;
        Call? _waitingFor;

        public string Name => name;

        public List<Call> Calls { get; } = [];

        /// <summary>Asks anew; of an earlier call the answer is no longer waited for, though it may still arrive at the pool.</summary>
        public void Ask(int wanted, DateTimeOffset now)
        {
            if (_open.Count > 1)
                _open.RemoveRange(0, _open.Count - 1);
            _waitingFor = new Call(wanted, _last, now);
            Calls.Add(_waitingFor);
        }

        public void Hear()
        {
            if (_waitingFor is not { Answer: { } lease })
                return;
            _last = lease;
            _open.Add((lease.Permits, _waitingFor.Asked + Options.LeaseLength + Options.Grace));
            _waitingFor = null;
        }

        public int Open(DateTimeOffset now) =>
            _open.Where(o => o.Closed > now).Select(o => o.Permits).DefaultIfEmpty().Max();
    }
}
