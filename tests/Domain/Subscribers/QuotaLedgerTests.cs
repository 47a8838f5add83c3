using ClearanceEngine.Rules;
using ClearanceEngine.Subscribers;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Subscribers;

public class QuotaLedgerTests
{
    static readonly QuotaLedger Ledger = new(LimitTable.Default, 3);
    static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_limit_itself_is_allowed_and_one_fen_more_is_not()
    {
        var (state, granted) = Ledger.Reserve(new QuotaState(), "a#1", null, 2_600_000, 2026, Now);
        Assert.Equal(ReserveOutcome.Granted, granted.Outcome);
        var (after, refused) = Ledger.Reserve(state, "b#1", null, 1, 2026, Now);
        Assert.Equal(new ReserveAnswer(ReserveOutcome.OverAnnual, 2_600_000, 2_600_000), refused);
        Assert.True(Ledger.Of(after, 2026).KnownOver);
        Assert.Equal(ReserveOutcome.Granted, Ledger.Reserve(after, "c#1", null, 1, 2027, Now).Answer.Outcome);
    }

    [Fact]
    public void What_customs_says_of_the_limit_stands_until_it_lets_a_purchase_pass()
    {
        var (state, _) = Ledger.Reserve(new QuotaState(), "a#1", null, 100, 2026, Now);
        state = Ledger.FlagOver(state, 2026, 100);
        // A dear purchase says less than the year's limit.
        state = Ledger.FlagOver(state, 2026, -621005);
        Assert.Equal((true, 100), (Ledger.Of(state, 2026).KnownOver, Ledger.Of(state, 2026).OverByCustoms));
        Assert.Equal((false, 0), (Ledger.Of(state, 2027).KnownOver, Ledger.Of(state, 2027).OverByCustoms));
        // What fits by our own sum is still customs' to decide.
        Assert.Equal(ReserveOutcome.Granted, Ledger.Reserve(state, "b#1", null, 1, 2026, Now).Answer.Outcome);

        var released = Ledger.Post(state, "a#1", 100, 2026, Now);
        Assert.False(Ledger.Of(released, 2026).KnownOver);

        var again = Ledger.FlagOver(released, 2026, -621018);
        Assert.True(Ledger.Of(Ledger.Post(again, "a#1", 100, 2026, Now), 2026).KnownOver);
        Assert.False(Ledger.Of(Ledger.GiveBack(again, "a#1", "return", 50).State, 2026).KnownOver);
    }

    [Fact]
    public void A_repeat_gets_the_same_answer_and_another_amount_is_a_conflict()
    {
        var (state, _) = Ledger.Reserve(new QuotaState(), "a#1", null, 100, 2026, Now);
        Assert.Equal(
            ReserveOutcome.Granted,
            Ledger.Reserve(state, "a#1", null, 100, 2026, Now).Answer.Outcome
        );
        Assert.Equal(
            ReserveOutcome.Conflict,
            Ledger.Reserve(state, "a#1", null, 101, 2026, Now).Answer.Outcome
        );
        Assert.Equal(
            100,
            Ledger.Of(Ledger.Reserve(state, "a#1", null, 100, 2026, Now).State, 2026).PendingFen
        );
    }

    [Fact]
    public void A_void_that_came_first_refuses_the_late_reserve()
    {
        var state = Ledger.Void(new QuotaState(), "a#1", Now);
        Assert.Equal(
            ReserveOutcome.Voided,
            Ledger.Reserve(state, "a#1", null, 100, 2026, Now).Answer.Outcome
        );
    }

    [Fact]
    public void A_new_attempt_replaces_the_old_reservation_in_one_step()
    {
        var (state, _) = Ledger.Reserve(new QuotaState(), "a#1", null, 2_000_000, 2026, Now);
        var (next, answer) = Ledger.Reserve(state, "a#2", "a#1", 2_500_000, 2026, Now);
        Assert.Equal(ReserveOutcome.Granted, answer.Outcome);
        Assert.Equal(2_500_000, Ledger.Of(next, 2026).UsedFen);
    }

    [Fact]
    public void A_post_is_never_refused_and_an_unknown_one_is_flagged()
    {
        var state = Ledger.Post(new QuotaState(), "a#1", 3_000_000, 2026, Now);
        Assert.True(state.Reservations["a#1"].Flagged);
        Assert.Equal(3_000_000, Ledger.Of(state, 2026).PostedFen);
        Assert.Equal(0, Ledger.Of(state, 2026).RemainingFen);
    }

    [Fact]
    public void A_part_is_given_back_once_and_never_more_than_was_posted()
    {
        var (state, _) = Ledger.Reserve(new QuotaState(), "a#1", null, 1_000, 2026, Now);
        Assert.Equal(0, Ledger.GiveBack(state, "a#1", "r1", 400).GivenBackFen);
        state = Ledger.Post(state, "a#1", 1_000, 2026, Now);
        (state, var first) = Ledger.GiveBack(state, "a#1", "r1", 400);
        (state, var repeat) = Ledger.GiveBack(state, "a#1", "r1", 400);
        (state, var rest) = Ledger.GiveBack(state, "a#1", "r2", 5_000);
        Assert.Equal((400, 400, 600), (first, repeat, rest));
        Assert.Equal(0, Ledger.Of(state, 2026).UsedFen);
    }

    [Fact]
    public void A_year_beyond_the_horizon_is_too_old() =>
        Assert.Equal(
            ReserveOutcome.TooOld,
            Ledger.Reserve(new QuotaState(), "a#1", null, 1, 2022, Now).Answer.Outcome
        );

    [Fact]
    public void No_grant_ever_takes_a_year_over_its_limit_and_every_step_may_be_repeated() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[1, 3], Gen.Long[1, 1_500_000])
            .Array[1, 60]
            .Sample(
                steps =>
                {
                    var state = new QuotaState();
                    foreach (var (kind, parcel, attempt, amount) in steps)
                    {
                        var id = $"p{parcel}#{attempt}";
                        var replaces = attempt > 1 ? $"p{parcel}#{attempt - 1}" : null;
                        QuotaState Step(QuotaState s, out ReserveAnswer? answer)
                        {
                            answer = null;
                            switch (kind)
                            {
                                case 0:
                                    var (next, a) = Ledger.Reserve(s, id, replaces, amount, 2026, Now);
                                    answer = a;
                                    return next;
                                case 1:
                                    return s.Reservations.ContainsKey(id)
                                        ? Ledger.Post(s, id, amount, 2026, Now)
                                        : s;
                                case 2:
                                    return Ledger.Void(s, id, Now);
                                default:
                                    return Ledger.GiveBack(s, id, "r", amount).State;
                            }
                        }
                        var before = Ledger.Of(state, 2026).UsedFen;
                        var once = Step(state, out var answer);
                        var twice = Step(once, out var repeat);
                        if (
                            answer is { Outcome: ReserveOutcome.Granted }
                            && !state.Reservations.ContainsKey(id)
                            && Ledger.Of(once, 2026).UsedFen > 2_600_000
                        )
                            return false;
                        if (Ledger.Of(once, 2026).UsedFen != Ledger.Of(twice, 2026).UsedFen)
                            return false;
                        if (
                            answer?.Outcome == ReserveOutcome.Granted
                            && repeat!.Value.Outcome != ReserveOutcome.Granted
                        )
                            return false;
                        if (once.Reservations.Values.Any(r => r.GivenBackFen > r.AmountFen))
                            return false;
                        state = once;
                    }
                    return true;
                },
                iter: 2_000
            );

    [Fact]
    public void A_person_is_known_by_a_keyed_hash_only()
    {
        var identity = new SubscriberIdentity(
            new IdentityOptions { HmacKey = Convert.ToBase64String(new byte[32]) }
        );
        Assert.Equal(64, identity.Hash("11010519491231002X").Length);
        Assert.Equal(identity.Hash("11010519491231002X"), identity.Hash(" 11010519491231002x"));
        Assert.DoesNotContain(
            "1949",
            SubscriberIdentity.Mask("11010519491231002X"),
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
            new SubscriberIdentity(new IdentityOptions { HmacKey = "AAAA" })
        );
    }
}
