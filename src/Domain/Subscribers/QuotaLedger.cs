using System.Collections.Immutable;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;

namespace ClearanceEngine.Subscribers;

/// <summary>Where a reservation stands. It has one end: posted or void.</summary>
public enum ReservationStage
{
    Pending,
    Posted,

    /// <summary>Ended without use; also the tombstone of one that never was, which refuses a late reserve.</summary>
    Void,
}

/// <summary>One reservation of quota, named by parcel and attempt.</summary>
/// <param name="Year">Beijing calendar year it is taken from; a give-back returns to it.</param>
/// <param name="AmountFen">Amount in fen.</param>
/// <param name="GivenBack">Parts given back after posting, by the name of what gave them back.</param>
/// <param name="Flagged">True when customs released above our limit: posted all the same, and shown.</param>
[GenerateSerializer, Immutable, Alias("clearance.quota.reservation")]
public sealed record Reservation(
    [property: Id(0)] int Year,
    [property: Id(1)] long AmountFen,
    [property: Id(2)] ReservationStage Stage,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] ImmutableDictionary<string, long> GivenBack,
    [property: Id(5)] bool Flagged = false
)
{
    public long GivenBackFen => GivenBack.Values.Sum();
}

/// <summary>The stored quota of one person.</summary>
[GenerateSerializer, Alias("clearance.quota.state")]
public sealed record QuotaState
{
    [Id(0)]
    public ImmutableDictionary<string, Reservation> Reservations { get; init; } =
        ImmutableDictionary<string, Reservation>.Empty;

    /// <summary>Smallest amount refused for want of annual quota, by year: what makes a person known to be over.</summary>
    [Id(1)]
    public ImmutableDictionary<int, long> Refused { get; init; } = ImmutableDictionary<int, long>.Empty;

    /// <summary>The returnStatus by which customs itself called this person over a limit, by year, until it releases a purchase or one is given back.</summary>
    [Id(2)]
    public ImmutableDictionary<int, int> OverByCustoms { get; init; } = ImmutableDictionary<int, int>.Empty;
}

/// <summary>How a reserve ended.</summary>
public enum ReserveOutcome
{
    Granted,

    /// <summary>The year's limit would be passed.</summary>
    OverAnnual,

    /// <summary>The same name with another amount or year: a fault of the caller.</summary>
    Conflict,

    /// <summary>It was voided before it came, or after: it stays so.</summary>
    Voided,

    /// <summary>Its year lies beyond the ledger's horizon.</summary>
    TooOld,
}

/// <summary>The answer to a reserve.</summary>
/// <param name="UsedFen">Posted and pending of the year, without this one unless granted.</param>
/// <param name="LimitFen">The year's limit.</param>
[GenerateSerializer, Immutable, Alias("clearance.quota.reserve-answer")]
public readonly record struct ReserveAnswer(
    [property: Id(0)] ReserveOutcome Outcome,
    [property: Id(1)] long UsedFen,
    [property: Id(2)] long LimitFen
);

/// <summary>A person's year.</summary>
/// <param name="KnownOver">True when a purchase was refused for want of quota that still would not fit, or customs said so.</param>
/// <param name="OverByCustoms">The returnStatus by which customs said so; 0 when it did not.</param>
[GenerateSerializer, Immutable, Alias("clearance.quota.standing")]
public readonly record struct Standing(
    [property: Id(0)] int Year,
    [property: Id(1)] long LimitFen,
    [property: Id(2)] long PostedFen,
    [property: Id(3)] long PendingFen,
    [property: Id(4)] bool KnownOver,
    [property: Id(5)] int OverByCustoms = 0
)
{
    public long UsedFen => PostedFen + PendingFen;

    public long RemainingFen => Math.Max(0, LimitFen - UsedFen);
}

/// <summary>
/// The two-phase quota of one person, pure. A grant never takes pending + posted over the year's limit; every call
/// repeated under its name has no second effect; nothing ends by the clock; a post is never refused.
/// </summary>
public sealed class QuotaLedger(LimitTable limits, int horizonYears)
{
    /// <summary>Reserves, replacing the reservation of an earlier attempt in the same step.</summary>
    public (QuotaState State, ReserveAnswer Answer) Reserve(
        QuotaState state,
        string id,
        string? replaces,
        long amountFen,
        int year,
        DateTimeOffset now
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amountFen);
        var limit = limits.AnnualFen(year);
        if (state.Reservations.TryGetValue(id, out var known))
        {
            var used = Used(state, year);
            if (known.Stage == ReservationStage.Void)
                return (state, new ReserveAnswer(ReserveOutcome.Voided, used, limit));
            return (
                state,
                new ReserveAnswer(
                    known.AmountFen == amountFen && known.Year == year
                        ? ReserveOutcome.Granted
                        : ReserveOutcome.Conflict,
                    used,
                    limit
                )
            );
        }
        // Whatever becomes of this attempt, the one before it is over.
        if (replaces is not null)
            state = Void(state, replaces, now);
        if (year < Ceb.CebTime.BeijingYear(now) - horizonYears)
            return (state, new ReserveAnswer(ReserveOutcome.TooOld, 0, limit));

        var before = Used(state, year);
        if (before + amountFen > limit)
        {
            var smallest = Math.Min(amountFen, state.Refused.GetValueOrDefault(year, long.MaxValue));
            return (
                state with
                {
                    Refused = state.Refused.SetItem(year, smallest),
                },
                new ReserveAnswer(ReserveOutcome.OverAnnual, before, limit)
            );
        }
        return (
            With(
                state,
                id,
                new Reservation(
                    year,
                    amountFen,
                    ReservationStage.Pending,
                    now,
                    ImmutableDictionary<string, long>.Empty
                )
            ),
            new ReserveAnswer(ReserveOutcome.Granted, before + amountFen, limit)
        );
    }

    /// <summary>Customs released: the reservation is used. Never refused; what was void or unknown is posted and flagged.</summary>
    public QuotaState Post(QuotaState state, string id, long amountFen, int year, DateTimeOffset now)
    {
        var known = state.Reservations.GetValueOrDefault(id);
        if (known is { Stage: ReservationStage.Posted })
            return state;
        state = Unflag(state, year);
        if (known is { Stage: ReservationStage.Pending })
            return With(state, id, known with { Stage = ReservationStage.Posted });
        return With(
            state,
            id,
            new Reservation(
                year,
                amountFen,
                ReservationStage.Posted,
                now,
                ImmutableDictionary<string, long>.Empty,
                Flagged: true
            )
        );
    }

    /// <summary>Ends a reservation unused; an unknown one gets a tombstone. A posted one stays posted (give it back instead).</summary>
    public QuotaState Void(QuotaState state, string id, DateTimeOffset now)
    {
        var known = state.Reservations.GetValueOrDefault(id);
        return known switch
        {
            { Stage: ReservationStage.Posted or ReservationStage.Void } => state,
            not null => With(state, id, known with { Stage = ReservationStage.Void }),
            null => With(
                state,
                id,
                new Reservation(
                    Ceb.CebTime.BeijingYear(now),
                    0,
                    ReservationStage.Void,
                    now,
                    ImmutableDictionary<string, long>.Empty
                )
            ),
        };
    }

    /// <summary>Gives back a part of what was posted, never more than that; a repeat under its name changes nothing.</summary>
    /// <returns>The new state and what was really given back under this name, in fen.</returns>
    public (QuotaState State, long GivenBackFen) GiveBack(
        QuotaState state,
        string id,
        string giveBackId,
        long amountFen
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amountFen);
        if (state.Reservations.GetValueOrDefault(id) is not { Stage: ReservationStage.Posted } known)
            return (state, 0);
        if (known.GivenBack.TryGetValue(giveBackId, out var earlier))
            return (state, earlier);
        var given = Math.Min(amountFen, known.AmountFen - known.GivenBackFen);
        state = Unflag(state, known.Year);
        return (With(state, id, known with { GivenBack = known.GivenBack.Add(giveBackId, given) }), given);
    }

    /// <summary>Customs said that this person is over a limit. It also counts what was bought elsewhere, so its word stands beside our sum.</summary>
    /// <param name="customsCode">The returnStatus by which it said so.</param>
    public QuotaState FlagOver(QuotaState state, int year, int customsCode)
    {
        var known = state.OverByCustoms.GetValueOrDefault(year);
        // The year's limit outranks that of one transaction, whichever was said last.
        if (known == customsCode || (known != 0 && customsCode == CustomsCode.OverSingleLimit))
            return state;
        return state with { OverByCustoms = state.OverByCustoms.SetItem(year, customsCode) };
    }

    /// <summary>Customs let a purchase pass, or one was given back: what it said before no longer stands.</summary>
    static QuotaState Unflag(QuotaState state, int year) =>
        state.OverByCustoms.ContainsKey(year)
            ? state with
            {
                OverByCustoms = state.OverByCustoms.Remove(year),
            }
            : state;

    /// <summary>A person's year as it stands.</summary>
    public Standing Of(QuotaState state, int year)
    {
        long posted = 0,
            pending = 0;
        foreach (var r in state.Reservations.Values)
        {
            if (r.Year != year)
                continue;
            if (r.Stage == ReservationStage.Posted)
                posted += r.AmountFen - r.GivenBackFen;
            else if (r.Stage == ReservationStage.Pending)
                pending += r.AmountFen;
        }
        var limit = limits.AnnualFen(year);
        var byCustoms = state.OverByCustoms.GetValueOrDefault(year);
        var known =
            byCustoms != 0
            || posted + pending > limit
            || (state.Refused.TryGetValue(year, out var refused) && posted + pending + refused > limit);
        return new Standing(year, limit, posted, pending, known, byCustoms);
    }

    long Used(QuotaState state, int year) => Of(state, year).UsedFen;

    static QuotaState With(QuotaState state, string id, Reservation reservation) =>
        state with
        {
            Reservations = state.Reservations.SetItem(id, reservation),
        };
}
