using ClearanceEngine.SignedMessages;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>A participant-signed message against a slow or failing store.</summary>
public class SignedMessageGrainTests(TwoHosts hosts) : GrainTest(hosts)
{
    static readonly Problem TooLarge = new("message-too-large", DocumentType.Waybill, null, null, "…");

    [Fact]
    public async Task A_message_leaves_only_after_it_is_stored_that_all_of_it_may()
    {
        var key = await Hold();
        var message = A.Grain<ISignedMessageGrain>(key);
        var (first, second) = (Store.Hold(key), Store.Hold(key));
        var one = message.Ready("one", "p/x/1", "waybill/1");
        await first.Reached;
        var two = message.Ready("two", "p/x/2", "waybill/1");
        await Heard(A, "Ready", key, 2);
        await Quiet(A);
        first.Release();
        await one;
        await second.Reached;
        Assert.Empty(A.Dispatch.Of(key));
        second.Release();
        await two;
        Assert.Single(A.Dispatch.Of(key));
    }

    [Fact]
    public async Task A_parcel_is_told_of_a_refused_message_only_after_the_refusal_is_stored()
    {
        var (key, parcel) = (await Hold(), Sample());
        var message = A.Grain<ISignedMessageGrain>(key);
        var held = Store.Hold(key);
        var refusing = message.Refuse(new Problem("message-refused", DocumentType.Waybill, null, null, "…"));
        await held.Reached;
        var ready = message.Ready("one", Key(parcel), "waybill/1");
        await Heard(A, "Ready", key);
        await Quiet(A);
        Assert.Equal(0, Journal.Count("A", "RefuseSignedMessage", Key(parcel)));
        held.Release();
        await Task.WhenAll(refusing, ready);
        Assert.Equal(1, Journal.Count("A", "RefuseSignedMessage", Key(parcel)));
    }

    [Fact]
    public async Task A_message_that_the_broker_refuses_stays_refused_and_is_handed_over_no_more()
    {
        var key = await Hold();
        var message = A.Grain<ISignedMessageGrain>(key);
        await message.Ready("one", "p/x/1", "waybill/1");
        await message.Ready("two", "p/x/2", "waybill/1");
        Assert.True(await message.CannotLeave(TooLarge));
        await message.Sent();
        await message.Wake();
        Assert.Single(A.Dispatch.Of(key));
        var stored = Store.State<SignedMessage>("signed-message", key)!;
        Assert.Equal((SignedMessageStage.Refused, 0), (stored.Stage, stored.Body.Length));

        Assert.False(
            await A.Grain<ISignedMessageGrain>(GrainKey.SignedMessage("nobody's")).CannotLeave(TooLarge)
        );
    }

    [Fact]
    public async Task A_parcel_that_still_owes_what_has_left_with_the_message_is_told()
    {
        var (key, parcel) = (await Hold(), Sample());
        var message = A.Grain<ISignedMessageGrain>(key);
        await message.Ready("one", Key(parcel), "waybill/1");
        await message.Ready("two", "p/x/2", "waybill/1");
        await message.Sent();
        Assert.Equal(0, Journal.Count("A", "Complete", Key(parcel)));

        await message.Ready("one", Key(parcel), "waybill/1");
        Assert.Equal(1, Journal.Count("A", "Complete", Key(parcel)));
    }

    async Task<string> Hold()
    {
        var key = GrainKey.SignedMessage(Sample().OrderNo);
        await A.Grain<ISignedMessageGrain>(key)
            .Hold(
                "CEB511Message",
                SampleParcel.Carrier,
                [1],
                [new SignedMember(DocumentType.Waybill, "one"), new SignedMember(DocumentType.Waybill, "two")]
            );
        return key;
    }
}
