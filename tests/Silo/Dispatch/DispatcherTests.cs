using ClearanceEngine.Parcels;
using ClearanceEngine.Silo.Dispatch;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>The whole way out of a silo, from effects to records.</summary>
public sealed class DispatcherTests
{
    [Fact]
    public async Task A_hundred_large_orders_leave_in_several_messages_none_of_which_is_too_large()
    {
        await using var world = await DispatchWorld.Start(Options());
        world.Producer.TakesUpTo(world.Options.MessageBytes);
        using var dispatcher = await Start(world);
        foreach (var number in Enumerable.Range(0, 100))
        {
            var order = Given.Order(number, lines: 99);
            Assert.True(dispatcher.TryTake(order.ParcelKey, order.Effect, Ticket(world, order)));
        }
        await Eventually(() => Settled(world, 100) == 100);

        Assert.InRange(world.Producer.Taken.Count, 2, 100);
        Assert.InRange(
            world.Producer.Taken.Sum(t => t.Value.Length),
            world.Options.MessageBytes,
            int.MaxValue
        );
        Assert.All(world.Producer.Taken, t => Assert.InRange(t.Value.Length, 1, world.Options.MessageBytes));
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $"D-{i}").Order(),
            world.Producer.Taken.SelectMany(t => Given.OrderNumbers(t.Value)).Order()
        );
        await dispatcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Without_the_token_documents_that_need_none_leave_all_the_same()
    {
        await using var world = await DispatchWorld.Start(Options());
        world.Signer.Hanging = new TaskCompletionSource();
        using var dispatcher = await Start(world);
        // More than may be under way at once.
        foreach (var number in Enumerable.Range(0, 10))
        {
            var waybill = Given.Waybill(number);
            dispatcher.TryTake(
                waybill.ParcelKey,
                waybill.Effect with
                {
                    IsResend = true, // each in a message of its own
                },
                Ticket(world, waybill)
            );
        }
        var order = Given.Order(1);
        dispatcher.TryTake(order.ParcelKey, order.Effect, Ticket(world, order));
        await Eventually(() => Settled(world, 2) == 1);

        world.Signer.Hanging.SetResult();
        await Eventually(() => world.Producer.Taken.Count == 11);
        await dispatcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_a_participant_signed_goes_by_its_message()
    {
        await using var world = await DispatchWorld.Start(Options());
        using var dispatcher = await Start(world);
        var waybill = Given.Waybill(1);
        dispatcher.TryTake(
            waybill.ParcelKey,
            waybill.Effect with
            {
                SignedMessageGuid = "SIGNED",
            },
            Ticket(world, waybill)
        );
        await Eventually(() => !world.Grains.Signed("SIGNED").Reported.IsEmpty);
        Assert.Empty(world.Producer.Offered);

        dispatcher.TryTake("m/SIGNED", world.Signed("SIGNED", 1), new EffectTicket());
        await Eventually(() => !world.Grains[waybill.ParcelKey].Settled.IsEmpty);
        await dispatcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_debt_that_is_handed_over_twice_leaves_once()
    {
        await using var world = await DispatchWorld.Start(Options());
        using var dispatcher = New(world);
        var order = Given.Order(1);
        for (var i = 0; i < 5; i++)
            dispatcher.TryTake(order.ParcelKey, order.Effect, Ticket(world, order));
        await dispatcher.StartAsync(CancellationToken.None);
        var parcel = world.Grains[order.ParcelKey];
        await Eventually(() => !parcel.Heard.IsEmpty);
        // Only what is finished is not produced again.
        for (var look = 0; look < 1_000 && (await world.Unfinished()).Length > 0; look++)
            await Task.Delay(5);

        var told = parcel.Heard.Count;
        dispatcher.TryTake(order.ParcelKey, order.Effect, Ticket(world, order));
        await Eventually(() => parcel.Heard.Count > told);
        await dispatcher.StopAsync(CancellationToken.None);
        Assert.Single(world.Producer.Taken);
    }

    [Fact]
    public async Task Lines_of_an_inbound_note_gather_longer_than_documents_and_hold_none_of_them_up()
    {
        await using var world = await DispatchWorld.Start(Options());
        using var dispatcher = New(world, world.Time);
        await dispatcher.StartAsync(CancellationToken.None);
        foreach (var number in (int[])[1, 2])
        {
            var note = Given.InboundNote(number);
            Assert.True(dispatcher.TryTake(note.ParcelKey, note.Effect, Ticket(world, note)));
        }
        Hand(world, dispatcher, 3);

        await Eventually(() => Settled(world, 4) == 1, () => world.Time.Advance(world.Options.Linger));
        Assert.NotEmpty(world.Grains[Given.ParcelKey(3)].Heard);

        await Eventually(
            () => Settled(world, 4) == 3,
            () => world.Time.Advance(world.Options.InboundNotesLinger)
        );
        Assert.Equal(2, world.Producer.Taken.Count);
        await dispatcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_full_lane_says_so_and_what_was_taken_leaves()
    {
        await using var world = await DispatchWorld.Start(Options(queueLimit: 3));
        using var dispatcher = New(world);
        Assert.Equal(3, Enumerable.Range(0, 9).Count(i => Hand(world, dispatcher, i)));
        await dispatcher.StartAsync(CancellationToken.None);
        await Eventually(() => Settled(world, 9) == 3);
        await dispatcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_message_that_fails_is_tried_a_few_times_and_then_left_to_the_scan()
    {
        await using var world = await DispatchWorld.Start(Options());
        world.Producer.Rule = (_, _) => FakeProducer.Away();
        using var dispatcher = await Start(world);
        Hand(world, dispatcher, 1);
        await Eventually(() => world.Producer.Offered.Count == world.Options.Attempts);
        await dispatcher.StopAsync(CancellationToken.None);
        Assert.Equal(world.Options.Attempts, world.Producer.Offered.Count);
        Assert.Single(await world.Unfinished());
    }

    static bool Hand(DispatchWorld world, Dispatcher dispatcher, int number)
    {
        var order = Given.Order(number);
        return dispatcher.TryTake(order.ParcelKey, order.Effect, Ticket(world, order));
    }

    static DispatchOptions Options(int queueLimit = 1_000) =>
        new()
        {
            Linger = TimeSpan.FromMilliseconds(5),
            InboundNotesLinger = TimeSpan.FromHours(1),
            FirstBackoff = TimeSpan.FromMilliseconds(1),
            MessagesAtOnce = 2,
            MessageBytes = 1024 * 1024,
            QueueLimit = queueLimit,
        };

    static async Task<Dispatcher> Start(DispatchWorld world)
    {
        var dispatcher = New(world);
        await dispatcher.StartAsync(CancellationToken.None);
        return dispatcher;
    }

    static Dispatcher New(DispatchWorld world, TimeProvider? time = null) =>
        new(
            world.Options,
            Given.Participants,
            world.Documents,
            world.Receipts,
            world.Grains,
            time ?? TimeProvider.System,
            NullLogger<Dispatcher>.Instance
        );

    static EffectTicket Ticket(DispatchWorld world, DispatchItem item) =>
        world.Grains[item.ParcelKey].Ticket();

    /// <summary>Of the first parcels, those that heard that a document of theirs has left; none of them was called.</summary>
    static int Settled(DispatchWorld world, int parcels)
    {
        var grains = Enumerable.Range(0, parcels).Select(i => world.Grains[Given.ParcelKey(i)]).ToArray();
        Assert.All(grains, grain => Assert.Empty(grain.Settled));
        return grains.Count(grain => !grain.Heard.IsEmpty);
    }

    /// <param name="reached">What is waited for.</param>
    /// <param name="meanwhile">Done between two looks.</param>
    static async Task Eventually(Func<bool> reached, Action? meanwhile = null)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !reached(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "not reached in 60 s");
            await Task.Delay(5);
            meanwhile?.Invoke();
        }
    }
}
