using ClearanceEngine.Ceb;
using ClearanceEngine.Receipts;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Tests.Dispatch;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Intake;

/// <summary>A sender whose receipts topic is broken holds up nobody's documents, not even its own.</summary>
public sealed class RefusalReceiptsTests
{
    const string Broken = $"receipts.{SampleParcel.Carrier}";

    readonly FakeTimeProvider _time = new(Given.Noon);
    readonly FakeProducer _producer = new();
    readonly IntakeOptions _options = new();
    readonly DispatchOptions _dispatch = new();
    readonly ReceiverBreakers _breakers;
    readonly RefusalReceipts _refusals;

    public RefusalReceiptsTests()
    {
        _breakers = new ReceiverBreakers(_dispatch, Given.Participants, _time);
        _refusals = new RefusalReceipts(
            _producer,
            _breakers,
            _options,
            _time,
            NullLogger<RefusalReceipts>.Instance
        );
    }

    [Fact]
    public async Task The_first_failure_may_be_the_brokers_and_the_next_ones_are_the_topics()
    {
        _producer.Rule = (topic, _) => topic == Broken ? FakeProducer.Away() : null;
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => Tell(SampleParcel.Carrier));

        // From now on nobody waits for it, and it is not even asked.
        Assert.False(await Tell(SampleParcel.Carrier));
        Assert.Single(_producer.Offered);
        Assert.True(await Tell(SampleParcel.Platform));

        // A probe that fails says no more than that the topic is still broken.
        _time.Advance(_dispatch.ReceiverBackoff);
        Assert.False(await Tell(SampleParcel.Carrier));
        Assert.Equal(2, _producer.Offered.Count(t => t == Broken));
        Assert.Contains(SampleParcel.Carrier, _breakers.Open);

        _producer.Rule = (_, _) => null;
        _time.Advance(_dispatch.LongestReceiverBackoff);
        Assert.True(await Tell(SampleParcel.Carrier));
        Assert.Empty(_breakers.Open);
    }

    [Fact]
    public async Task A_topic_that_hangs_is_waited_for_no_longer_than_the_time_for_a_refusal()
    {
        _producer.Hanging[Broken] = new TaskCompletionSource();
        var telling = Tell(SampleParcel.Carrier);
        _time.Advance(_options.RefusalTime - TimeSpan.FromMilliseconds(1));
        Assert.False(telling.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => telling);
        Assert.False(await Tell(SampleParcel.Carrier));
    }

    [Fact]
    public async Task A_refusal_that_is_too_large_for_the_topic_breaks_nothing()
    {
        _producer.Rule = (_, _) => FakeProducer.TooLarge();
        Assert.False(await Tell(SampleParcel.Carrier));
        Assert.Empty(_breakers.Open);
    }

    [Fact]
    public async Task A_record_that_is_handed_over_leaves_the_probe_to_the_next()
    {
        _producer.Rule = (_, _) => FakeProducer.Away();
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => Tell(SampleParcel.Carrier));
        _producer.Rule = (_, _) => null;
        _producer.Hanging[Broken] = new TaskCompletionSource();
        _time.Advance(_dispatch.ReceiverBackoff);
        using var handedOver = new CancellationTokenSource();
        var probe = Tell(SampleParcel.Carrier, handedOver.Token);
        await handedOver.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);

        _producer.Hanging.Clear();
        Assert.True(await Tell(SampleParcel.Carrier));
    }

    Task<bool> Tell(string receiver, CancellationToken cancellationToken = default)
    {
        var order = Given.Sample(1).Order();
        var problem = new Problem("test", DocumentKind.Order, null, null, "坏了 it is wrong");
        var receipt = OwnReceipt.Refusal(DocumentKind.Order, order, [problem], Given.Noon);
        return _refusals.TrySend(receipt, Given.Participants.Find(receiver)!, cancellationToken);
    }
}
