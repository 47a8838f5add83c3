using ClearanceEngine.Parcels;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>The quota of one buyer behind a store that is slow or fails, and with two hosts that both believe they own it.</summary>
public class SubscriberGrainTests(TwoHosts hosts) : GrainTest(hosts)
{
    [Fact]
    public async Task No_answer_is_given_before_the_write_that_holds_it_has_ended()
    {
        var parcel = Sample();
        var subscriber = Subscriber(A, parcel);
        var held = Store.Hold(SubscriberKey(parcel));
        var first = subscriber.Reserve("a#1", null, 2_000_000, 2026);
        await held.Reached;
        // A repeat, a refusal, and what others would see.
        Task[] calls =
        [
            first,
            subscriber.Reserve("a#1", null, 2_000_000, 2026),
            subscriber.Reserve("a#1", null, 1, 2026),
            subscriber.Reserve("b#1", null, 2_000_000, 2026),
            subscriber.Standing(2026),
            subscriber.GiveBack("c#1", "r", 1),
        ];
        await Heard(A, "GiveBack", SubscriberKey(parcel));
        await Quiet(A);
        Assert.All(calls, c => Assert.False(c.IsCompleted));

        held.Release(Fate.LostBefore);
        foreach (var call in calls)
            await Assert.ThrowsAsync<OrleansException>(() => call);
        Assert.Equal(0, (await subscriber.Standing(2026)).UsedFen);
    }

    [Fact]
    public async Task The_tombstone_of_a_void_survives_a_restart_and_refuses_the_late_reserve()
    {
        var parcel = Sample();
        await Subscriber(A, parcel).Void("a#1");
        await A.Deactivate(Subscriber(A, parcel));
        Assert.Equal(
            ReserveOutcome.Voided,
            (await Subscriber(A, parcel).Reserve("a#1", null, 1_000, 2026)).Outcome
        );
        Assert.Equal(
            ReserveOutcome.Voided,
            (await Subscriber(B, parcel).Reserve("a#1", null, 1_000, 2026)).Outcome
        );
        Assert.Equal(0, Stored(parcel).UsedFen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Two_hosts_that_race_for_one_buyer_never_take_more_than_the_limit_and_lose_no_reservation(
        int seed
    )
    {
#pragma warning disable CA5394 // a schedule that can be had again, not a secret
        var random = new Random(seed);
        var buyer = Sample();
        var parcels = Enumerable
            .Range(1, 16)
            .Select(i =>
                buyer with
                {
                    OrderNo = $"{buyer.OrderNo}-{i}",
                    Serial = $"{buyer.Serial}-{i}",
                    Items =
                    [
                        SampleParcel.Milk with
                        {
                            Quantity = 1,
                            PriceFen = 200_000 + random.Next(200_000),
                        },
                    ],
                }
            )
            .ToArray();
        Store.Written = (key, state) =>
        {
            if (key == SubscriberKey(buyer))
                Assert.InRange(
                    new QuotaLedger(LimitTable.Default, 3).Of((QuotaState)state, 2026).UsedFen,
                    0,
                    2_600_000
                );
        };
        Store.Weather = key =>
            Roll(10) switch
            {
                0 => Fate.LostBefore,
                1 => Fate.LostAfter,
                _ => Fate.Done,
            };
        try
        {
            await Parallel.ForEachAsync(
                parcels,
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (parcel, _) =>
                {
                    foreach (
                        var document in Shuffled(
                            parcel.Order(),
                            parcel.Payment(),
                            parcel.Waybill(),
                            parcel.List()
                        )
                    )
                        await Stubbornly(host => Submit(host, parcel, document));
                    await Until(async () =>
                    {
                        await Stubbornly(host => Parcel(host, parcel).Wake());
                        return State(parcel).Status is ParcelStatus.Reserved or ParcelStatus.Rejected;
                    });
                }
            );
        }
        finally
        {
            (Store.Weather, Store.Written) = (_ => Fate.Done, null);
        }
        var reserved = parcels.Where(p => State(p).Status == ParcelStatus.Reserved).ToArray();
        var refused = parcels.Except(reserved).Min(p => State(p).Quota!.AmountFen);
        Assert.True(Stored(buyer).PendingFen == reserved.Sum(p => State(p).Quota!.AmountFen), $"seed {seed}");
        Assert.True(
            Stored(buyer).RemainingFen < refused,
            $"seed {seed}: a parcel was refused that still fits"
        );

        async Task Stubbornly(Func<GrainHost, Task> call)
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await call(Roll(2) == 0 ? A : B);
                    return;
                }
                catch (Exception) when (attempt < 200)
                {
                    // Lost, or the other host was faster: who knows no answer asks again.
                }
            }
        }

        int Roll(int sides)
        {
            lock (random)
                return random.Next(sides);
        }

        T[] Shuffled<T>(params T[] items)
        {
            lock (random)
                random.Shuffle(items);
            return items;
        }
#pragma warning restore CA5394
    }
}
