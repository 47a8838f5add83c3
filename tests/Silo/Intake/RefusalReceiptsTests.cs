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
    readonly FakeBrokerWatch _parts = new();
    readonly DispatchOptions _dispatch = new();
    readonly ReceiverBreakers _breakers;
    readonly RefusalReceipts _refusals;

    public RefusalReceiptsTests()
    {
        _breakers = new ReceiverBreakers(_dispatch, Given.Participants, _time);
        _refusals = new RefusalReceipts(
            _producer,
            _breakers,
            new BrokerCheck(_parts, _dispatch, _time),
            _options,
            _time,
            NullLogger<RefusalReceipts>.Instance
        );
    }

    [Fact]
    public async Task A_broker_that_is_away_is_no_broken_topic()
    {
        _parts.IsAway = true;
        _producer.Rule = (_, _) => FakeProducer.Away();
        foreach (
            var receiver in (string[])[SampleParcel.Carrier, SampleParcel.Carrier, SampleParcel.Platform]
        )
            await Assert.ThrowsAsync<KafkaUnavailableException>(() => Tell(receiver));
        Assert.Empty(_breakers.Open);

        // All that was refused meanwhile is told when it is back.
        (_parts.IsAway, _producer.Rule) = (false, (_, _) => null);
        Assert.True(await Tell(SampleParcel.Carrier));
    }

    [Fact]
    public async Task A_topic_that_fails_while_the_broker_answers_is_not_waited_for_again()
    {
        _producer.Rule = (topic, _) => topic == Broken ? FakeProducer.Away() : null;
        Assert.False(await Tell(SampleParcel.Carrier));

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
        Assert.False(await telling);
        Assert.Contains(SampleParcel.Carrier, _breakers.Open);
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
        Assert.False(await Tell(SampleParcel.Carrier));
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
        var problem = new Problem(
            ProblemCode.Written("test"),
            DocumentType.Order,
            null,
            null,
            "坏了 it is wrong"
        );
        var receipt = OwnReceipt.Refusal(DocumentType.Order, order, [problem], Given.Noon);
        return _refusals.TrySend(receipt, Given.Participants.Find(receiver)!, cancellationToken);
    }
}
