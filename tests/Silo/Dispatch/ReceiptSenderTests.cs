using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>One receiver's broken topic slows nobody else.</summary>
public sealed class ReceiptSenderTests : IAsyncLifetime
{
    const string Broken = $"receipts.{SampleParcel.Carrier}",
        Whole = $"receipts.{SampleParcel.Platform}";

    readonly CancellationTokenSource _stopping = new();
    DispatchWorld _world = null!;
    Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _world = await DispatchWorld.Start(
            new DispatchOptions
            {
                Linger = TimeSpan.Zero,
                HandOnsAtOnce = 4,
                ReceiverQueueLimit = 50,
            }
        );
        _running = _world.Receipts.Run(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        // Whatever a failed test left hanging: the lanes wait for it.
        foreach (var hanging in _world.Producer.Hanging.Values)
            hanging.TrySetResult();
        await _stopping.CancelAsync();
        await Record.ExceptionAsync(() => _running);
        await _world.Receipts.Drain(TimeSpan.FromSeconds(5));
        await _world.DisposeAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task A_receiver_whose_topic_hangs_takes_no_place_of_anybody_else()
    {
        _world.Producer.Hanging[Broken] = new TaskCompletionSource();
        var handed = Enumerable.Range(0, 1_000).Count(i => Hand(i, SampleParcel.Carrier));
        Assert.InRange(handed, 50, 110); // in the queue, in the batch and on their way: the rest stays in the outbox

        foreach (var parcel in Enumerable.Range(0, 40))
            Assert.True(Hand(parcel, SampleParcel.Platform));
        await Eventually(() => Told(SampleParcel.Platform) == 40);
        Assert.Equal(4, _world.Producer.Offered.Count(t => t == Broken));
        Assert.Equal(0, Told(SampleParcel.Carrier));

        _world.Producer.Hanging[Broken].SetResult();
        await Eventually(() => Told(SampleParcel.Carrier) == handed);
    }

    [Fact]
    public async Task A_topic_that_fails_is_left_alone_and_told_by_participant_until_it_is_mended()
    {
        _world.Producer.Rule = (topic, _) => topic == Broken ? FakeProducer.Away() : null;
        Assert.True(Hand(1, SampleParcel.Carrier));
        await Eventually(() => _world.Breakers.Open.Count == 1);
        Assert.Equal("the broker is away", _world.Breakers.Open[SampleParcel.Carrier].Reason);

        // Nothing is offered to it; the others flow.
        Assert.False(Hand(2, SampleParcel.Carrier));
        Assert.True(Hand(2, SampleParcel.Platform));
        await Eventually(() => Told(SampleParcel.Platform) == 1);
        Assert.Equal(1, _world.Producer.Offered.Count(t => t == Broken));
        Assert.Equal(0, Told(SampleParcel.Carrier));

        // Mended: the first that comes is the probe, and those that follow leave.
        _world.Producer.Rule = (_, _) => null;
        _world.Time.Advance(_world.Options.ReceiverBackoff);
        Assert.True(Hand(1, SampleParcel.Carrier));
        await Eventually(() => _world.Breakers.Open.Count == 0);
        Assert.True(Hand(2, SampleParcel.Carrier));
        await Eventually(() => Told(SampleParcel.Carrier) == 2);
    }

    [Fact]
    public async Task A_receipt_that_the_topic_does_not_take_for_its_size_stays_owed_alone()
    {
        _world.Producer.Rule = (topic, _) => topic == Broken ? FakeProducer.TooLarge() : null;
        Hand(1, SampleParcel.Carrier);
        await Eventually(() => _world.Producer.Offered.Contains(Broken));

        // It is a verdict on the record: those behind it pass, for the topic is well.
        _world.Producer.Rule = (_, _) => null;
        Hand(2, SampleParcel.Carrier);
        await Eventually(() => Told(SampleParcel.Carrier) == 1);
        Assert.Empty(_world.Breakers.Open);
        Assert.Empty(_world.Grains[Given.ParcelKey(1)].Heard);
    }

    [Fact]
    public async Task A_receipt_for_nobody_does_not_mend_the_lane_that_it_uses()
    {
        _world.Producer.Rule = (_, _) => FakeProducer.Away();
        Assert.True(_world.Receipts.TryTake(Question(1)));
        await Eventually(() => _world.Breakers.Open.ContainsKey(ReceiverBreakers.Customs));

        _world.Time.Advance(_world.Options.ReceiverBackoff);
        Assert.True(Hand(1, "nobody"));
        await Eventually(() => Told("nobody") == 1);
        Assert.Contains(ReceiverBreakers.Customs, _world.Breakers.Open);
    }

    [Fact]
    public async Task A_drain_that_ends_breaks_no_receiver()
    {
        _world.Producer.Hanging[Broken] = new TaskCompletionSource();
        Hand(1, SampleParcel.Carrier);
        await Eventually(() => _world.Producer.Offered.Contains(Broken));
        await _world.Receipts.Drain(TimeSpan.Zero);
        Assert.Empty(_world.Breakers.Open);
    }

    [Fact]
    public async Task Questions_to_customs_have_a_lane_of_their_own()
    {
        _world.Producer.Hanging[Broken] = new TaskCompletionSource();
        foreach (var parcel in Enumerable.Range(0, 60))
            Hand(parcel, SampleParcel.Carrier);
        Assert.True(_world.Receipts.TryTake(Question(1)));
        await Eventually(() => _world.Producer.Taken.Any(t => t.Topic == TopicNames.Queries));
        await Eventually(() =>
            _world.Grains[Given.ParcelKey(1)].Heard.Any(s => s.EffectId == "query/list/1")
        );
        _world.Producer.Hanging[Broken].SetResult();
    }

    [Fact]
    public async Task A_receipt_for_nobody_we_know_is_settled_and_goes_nowhere()
    {
        Assert.True(Hand(1, "nobody"));
        await Eventually(() => Told("nobody") == 1);
        Assert.Empty(_world.Producer.Offered);
    }

    OutboxEntry Question(int parcel) =>
        new(
            Given.ParcelKey(parcel),
            new AskCustoms("query/list/1", Given.Noon, DocumentType.DeclarationList, "a|b", 1),
            _world.Grains[Given.ParcelKey(parcel)].Ticket()
        );

    bool Hand(int parcel, string receiver) =>
        _world.Receipts.TryTake(
            new OutboxEntry(
                Given.ParcelKey(parcel),
                new ForwardReceipt(
                    $"receipt/G/{receiver}",
                    Given.Noon,
                    receiver,
                    OwnReceipt.Make(
                        DocumentType.Order,
                        Given.Sample(parcel).Order(),
                        2,
                        "[Code:2]",
                        Given.Noon
                    )
                ),
                _world.Grains[Given.ParcelKey(parcel)].Ticket()
            )
        );

    /// <summary>Parcels that know that this receiver has its receipt.</summary>
    int Told(string receiver) =>
        Enumerable
            .Range(0, 1_000)
            .Count(i =>
                _world.Grains[Given.ParcelKey(i)].Heard.Any(s => s.EffectId == $"receipt/G/{receiver}")
            );

    static async Task Eventually(Func<bool> reached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !reached(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "not reached in 60 s");
            await Task.Delay(5);
        }
    }
}
