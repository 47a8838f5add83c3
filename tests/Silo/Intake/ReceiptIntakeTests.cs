using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Tests.Dispatch;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClearanceEngine.Tests.Intake;

/// <summary>
/// A record of receipts is done when its receipts are stored and handed on (ADR 023), and no receiver that is away holds it up
/// (rule 2).
/// </summary>
public sealed class ReceiptIntakeTests : IAsyncLifetime
{
    const string Away = $"receipts.{SampleParcel.Carrier}";

    readonly CancellationTokenSource _stopping = new();
    DispatchWorld _world = null!;
    ReceiptIntake _intake = null!;
    Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _world = await DispatchWorld.Start(new DispatchOptions { Linger = TimeSpan.Zero });
        _running = _world.Receipts.Run(_stopping.Token);
        _intake = new ReceiptIntake(
            _world.Grains,
            null!, // receipts of orders name their parcel
            null!,
            null!,
            _world.HandOns,
            new IntakeOptions(),
            _world.Time,
            NullLogger<ReceiptIntake>.Instance
        );
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var hanging in _world.Producer.Hanging.Values)
            hanging.TrySetResult();
        await _stopping.CancelAsync();
        await Record.ExceptionAsync(() => _running);
        await _world.Receipts.Drain(TimeSpan.FromSeconds(5));
        await _world.DisposeAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task A_record_is_done_when_its_receipts_are_stored_and_with_their_receivers()
    {
        _world.Producer.Hanging[Topic(Given.Platform)] = new TaskCompletionSource();
        var handling = Handle(1);
        await Eventually(() => _world.Producer.Offered.Count == 1);
        Assert.Single(_world.Grains[Given.ParcelKey(1)].Received);
        Assert.False(handling.IsCompleted);

        _world.Producer.Hanging[Topic(Given.Platform)].SetResult();
        await handling;
        Assert.Equal(Topic(Given.Platform), Assert.Single(_world.Producer.Taken).Topic);
        Assert.Empty(_world.Grains[Given.ParcelKey(1)].KeptBack);
        Assert.Empty(_world.Grains[Given.ParcelKey(1)].Settled); // nobody comes back to say so
    }

    [Fact]
    public async Task A_record_whose_receipts_could_not_be_stored_hands_none_on()
    {
        _world.Grains.Broken[Given.ParcelKey(1)] = true;
        await Assert.ThrowsAnyAsync<Exception>(() => Handle(1));
        Assert.Empty(_world.Producer.Offered);
    }

    [Fact]
    public async Task What_is_stored_is_handed_on_though_a_neighbour_in_its_record_cannot_be()
    {
        _world.Grains.Broken[Given.ParcelKey(1)] = true;
        await Assert.ThrowsAnyAsync<Exception>(() => Handle(2, 1));
        Assert.Single(_world.Producer.Taken);
    }

    [Fact]
    public async Task A_topic_that_hangs_is_waited_for_once_and_its_receipts_go_to_their_outboxes()
    {
        To(SampleParcel.Carrier, 1, 2);
        _world.Producer.Hanging[Away] = new TaskCompletionSource();
        var handling = Handle(1, 2, 3);
        await Eventually(() => _world.Producer.Offered.Count == 3);
        await Eventually(() => _world.Producer.Taken.Count == 1); // what is only offered as the time ends may be kept back as well
        _world.Time.Advance(_world.Options.HandOnTime - TimeSpan.FromMilliseconds(1));
        Assert.False(handling.IsCompleted);
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        await handling;
        Assert.Equal([1, 1, 0], KeptBack(1, 2, 3));
        Assert.Equal(Topic(Given.Platform), Assert.Single(_world.Producer.Taken).Topic);

        // From now on no record waits for it at all.
        await Eventually(() => _world.Breakers.Open.ContainsKey(SampleParcel.Carrier));
        await Handle(2);
        Assert.Equal([1, 2], KeptBack(1, 2));
    }

    [Fact]
    public async Task A_topic_that_fails_sends_its_receipts_to_their_outboxes_at_once()
    {
        To(SampleParcel.Carrier, 1);
        _world.Producer.Rule = (topic, _) => topic == Away ? FakeProducer.Away() : null;
        await Handle(1);
        await Handle(1);
        Assert.Equal([2], KeptBack(1));
        Assert.Single(_world.Producer.Offered);
        Assert.Equal(1, _world.Parts.Asked); // however many fail at a time, the broker is asked once
        await Handle(3);
        Assert.Equal([0], KeptBack(3));
    }

    [Fact]
    public async Task A_receipt_that_is_too_large_for_its_topic_goes_to_its_outbox()
    {
        To(SampleParcel.Carrier, 1);
        _world.Producer.Rule = (topic, _) => topic == Away ? FakeProducer.TooLarge() : null;
        await Handle(1, 2);
        Assert.Equal([1, 0], KeptBack(1, 2));
        Assert.Empty(_world.Breakers.Open);
    }

    [Fact]
    public async Task While_the_broker_is_away_a_record_is_not_done_and_no_receiver_is_held_broken()
    {
        (_world.Parts.IsAway, _world.Producer.Rule) = (true, (_, _) => FakeProducer.Away());
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => Handle(1));
        Assert.Equal([0], KeptBack(1));
        Assert.Empty(_world.Breakers.Open);

        // It is back, and the record comes again: known to its parcel, and handed on all the same.
        (_world.Parts.IsAway, _world.Producer.Rule) = (false, (_, _) => null);
        await Handle(1);
        Assert.Single(_world.Producer.Taken);
        Assert.Equal([0], KeptBack(1));
    }

    [Fact]
    public async Task What_its_parcel_cannot_take_into_its_outbox_leaves_the_record_undone()
    {
        To(SampleParcel.Carrier, 1);
        _world.Producer.Hanging[Away] = new TaskCompletionSource();
        var handling = Handle(1);
        await Eventually(() => _world.Producer.Offered.Count == 1);
        _world.Grains.Broken[Given.ParcelKey(1)] = true;
        _world.Time.Advance(_world.Options.HandOnTime);
        await Assert.ThrowsAnyAsync<Exception>(() => handling);
    }

    [Fact]
    public async Task The_same_receipt_in_two_records_at_a_time_leaves_both_done()
    {
        _world.Producer.Hanging[Topic(Given.Platform)] = new TaskCompletionSource();
        Task[] handling = [Handle(1), Handle(1)];
        await Eventually(() => !_world.Producer.Offered.IsEmpty);
        _world.Producer.Hanging[Topic(Given.Platform)].SetResult();
        await Task.WhenAll(handling).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([0], KeptBack(1));
    }

    [Fact]
    public async Task Of_what_is_handed_over_twice_before_it_is_worked_on_both_hear()
    {
        var (first, second) = (new Parcels.EffectTicket(), new Parcels.EffectTicket());
        var (third, done) = (new Parcels.EffectTicket(), new Parcels.Completion("receipt/1", Given.Noon));
        first.Join(second);
        first.Join(third);
        first.Complete(done);
        Assert.Equal(
            [done, done, done],
            await Task.WhenAll(first.Outcome, second.Outcome, third.Outcome)
                .WaitAsync(TimeSpan.FromSeconds(60))
        );
    }

    static string Topic(string receiver) => $"receipts.{receiver}";

    void To(string receiver, params int[] parcels)
    {
        foreach (var parcel in parcels)
            _world.Grains[Given.ParcelKey(parcel)].Receiver = receiver;
    }

    int[] KeptBack(params int[] parcels) =>
        [.. parcels.Select(p => _world.Grains[Given.ParcelKey(p)].KeptBack.Count)];

    /// <summary>A record with a receipt for the order of each of these parcels.</summary>
    Task Handle(params int[] parcels)
    {
        var receipts = parcels.Select(p =>
            OwnReceipt
                .Make(DocumentType.Order, Given.Sample(p).Order(), 2, "[Code:2]", Given.Noon)
                .With(OrderReturn.Guid, UuidV5.Of("customs", p.ToString(CultureInfo.InvariantCulture)))
        );
        var message = new CebMessage(CebType.OrderReceipt, UuidV5.Of("message", "1"), "1.0", [.. receipts]);
        var record = new FeedRecord(
            TopicNames.Receipts,
            0,
            0,
            Given.Noon,
            null,
            CebWriter.Write(message),
            []
        );
        return _intake.Handle(record, _stopping.Token).AsTask();
    }

    static async Task Eventually(Func<bool> reached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !reached(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "not reached in 60 s");
            await Task.Delay(5);
        }
    }
}
