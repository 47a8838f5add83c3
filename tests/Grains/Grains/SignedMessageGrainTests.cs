using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>A participant-signed message against a slow or failing store.</summary>
public class SignedMessageGrainTests(TwoHosts hosts) : GrainTest(hosts)
{
    static readonly Problem TooLarge = new(
        ProblemCode.MessageTooLarge,
        DocumentType.Waybill,
        null,
        null,
        "…"
    );

    [Fact]
    public async Task A_message_leaves_only_after_it_is_stored_that_all_of_it_may()
    {
        var key = await Hold();
        var message = A.Grain<ISignedMessageGrain>(key);
        var (first, second) = (Store.Hold(key), Store.Hold(key));
        var one = message.Ready("one", "p/x1", "waybill/1");
        await first.Reached;
        var two = message.Ready("two", "p/x2", "waybill/1");
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
        var refusing = message.Refuse(
            new Problem(ProblemCode.MessageRefused, DocumentType.Waybill, null, null, "…")
        );
        await held.Reached;
        var ready = message.Ready("one", Key(parcel), "waybill/1");
        await Heard(A, "Ready", key);
        await Quiet(A);
        Assert.Equal(0, Journal.Count("A", "RefuseSignedMessage", Key(parcel)));
        held.Release();
        await Task.WhenAll(refusing, ready);
        Assert.Equal(1, Journal.Count("A", "RefuseSignedMessage", Key(parcel)));
    }

    /// <summary>Those that could not leave yet as well: nothing would tell them before they may.</summary>
    [Fact]
    public async Task All_parcels_of_a_refused_message_are_told_at_once_and_their_documents_are_free()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        var message = A.Grain<ISignedMessageGrain>(key);
        await message.Ready(GuidOf(one), Key(one), "waybill/1");

        await message.Refuse(WrongNeighbour);

        Assert.Null(State(one).Live(DocumentType.Waybill));
        Assert.Null(State(two).Live(DocumentType.Waybill));
        var stored = Store.State<SignedMessage>("signed-message", key)!;
        Assert.True(stored.IsAtRest);
        Assert.Null(Store.Find("signed-body", key));
    }

    [Fact]
    public async Task After_a_crash_between_two_parcels_of_a_refused_message_the_second_is_told()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        var reached = A.Calls.Keep(Key(two), "RefuseSignedMessage");
        var refusing = A.Grain<ISignedMessageGrain>(key).Refuse(WrongNeighbour);
        await reached;
        await Until(() => State(one).Live(DocumentType.Waybill) is null);
        Assert.NotNull(State(two).Live(DocumentType.Waybill));
        Assert.False(refusing.IsCompleted);

        // The first host is dead; what is due is found by the second.
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Store.State<SignedMessage>("signed-message", key)!.DueAt <= Time.GetUtcNow());
        await B.Grain<ISignedMessageGrain>(key).Wake();

        Assert.Null(State(two).Live(DocumentType.Waybill));
        Assert.Null(Store.State<SignedMessage>("signed-message", key)!.DueAt);
    }

    [Fact]
    public async Task A_parcel_that_cannot_be_told_keeps_none_of_the_others_waiting()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        A.Calls.LoseAnswer(Key(one), "RefuseSignedMessage");

        await A.Grain<ISignedMessageGrain>(key).Refuse(WrongNeighbour);

        Assert.Null(State(two).Live(DocumentType.Waybill));
        Assert.NotNull(Store.State<SignedMessage>("signed-message", key)!.DueAt);
        await A.Grain<ISignedMessageGrain>(key).Wake();
        Assert.Null(Store.State<SignedMessage>("signed-message", key)!.DueAt);
    }

    [Fact]
    public async Task A_message_that_waited_too_long_is_refused_to_those_that_it_waited_for_as_well()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        await A.Grain<ISignedMessageGrain>(key).Ready(GuidOf(one), Key(one), "waybill/1");

        Time.Advance(new SignedMessageOptions().GatherFor);
        await A.Grain<ISignedMessageGrain>(key).Wake();

        Assert.Null(State(one).Live(DocumentType.Waybill));
        Assert.Null(State(two).Live(DocumentType.Waybill));
    }

    /// <summary>Up to 4 MiB and a hundred documents: written with each report, one message would be 400 MiB of writes.</summary>
    [Fact]
    public async Task The_body_is_written_once_whatever_its_documents_report()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        var message = A.Grain<ISignedMessageGrain>(key);

        await message.Ready(GuidOf(one), Key(one), "waybill/1");
        await message.Ready(GuidOf(two), Key(two), "waybill/1");

        Assert.Equal(1, Store.Find("signed-body", key)!.Version);
        Assert.True(Store.Find("signed-message", key)!.Payload.Length < Body.Length / 10);
        Assert.True(Store.Find("parcel", Key(one))!.Payload.Length < Body.Length / 10);
        var leaving = Assert.IsType<SendSignedMessage>(Assert.Single(A.Dispatch.Of(key)));
        Assert.Equal(Body, leaving.Body);

        await message.Sent();
        Assert.Null(Store.Find("signed-body", key));
        Assert.True(Store.State<SignedMessage>("signed-message", key)!.IsAtRest);
    }

    [Fact]
    public async Task After_a_crash_the_body_that_leaves_is_the_one_that_came()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        await A.Grain<ISignedMessageGrain>(key).Ready(GuidOf(one), Key(one), "waybill/1");

        await B.Grain<ISignedMessageGrain>(key).Ready(GuidOf(two), Key(two), "waybill/1");

        Assert.Equal(Body, Assert.IsType<SendSignedMessage>(Assert.Single(B.Dispatch.Of(key))).Body);
    }

    [Fact]
    public async Task A_message_that_comes_again_after_its_refusal_says_so()
    {
        var (one, two) = (Sample(), Sample());
        var key = await Hold(one, two);
        var message = A.Grain<ISignedMessageGrain>(key);
        await message.Refuse(WrongNeighbour);

        Assert.Equal(
            HeldAnswer.Refused,
            await message.Hold("CEB511Message", SampleParcel.Carrier, Body, Members(one, two))
        );
        Assert.Equal(
            HeldAnswer.OtherContent,
            await message.Hold("CEB511Message", SampleParcel.Carrier, [1], Members(one, two))
        );
    }

    [Fact]
    public async Task A_message_that_the_broker_refuses_stays_refused_and_is_handed_over_no_more()
    {
        var key = await Hold();
        var message = A.Grain<ISignedMessageGrain>(key);
        await message.Ready("one", "p/x1", "waybill/1");
        await message.Ready("two", "p/x2", "waybill/1");
        Assert.True(await message.CannotLeave(TooLarge));
        await message.Sent();
        await message.Wake();
        Assert.Single(A.Dispatch.Of(key));
        var stored = Store.State<SignedMessage>("signed-message", key)!;
        Assert.Equal(SignedMessageStage.Refused, stored.Stage);
        Assert.Null(Store.Find("signed-body", key));

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
        await message.Ready("two", "p/x2", "waybill/1");
        await message.Sent();
        Assert.Equal(0, Journal.Count("A", "Complete", Key(parcel)));

        await message.Ready("one", Key(parcel), "waybill/1");
        Assert.Equal(1, Journal.Count("A", "Complete", Key(parcel)));
    }

    static readonly byte[] Body = new byte[200_000];

    static readonly Problem WrongNeighbour = new(
        ProblemCode.MessageRefused,
        DocumentType.Waybill,
        null,
        null,
        "…"
    );

    /// <summary>A message with the waybills of these parcels, which have them.</summary>
    async Task<string> Hold(params SampleParcel[] parcels)
    {
        var guid = $"SIGNED-{parcels[0].OrderNo}";
        var key = GrainKey.SignedMessage(guid);
        await A.Grain<ISignedMessageGrain>(key)
            .Hold("CEB511Message", SampleParcel.Carrier, Body, Members(parcels));
        foreach (var parcel in parcels)
        {
            var waybill = Submission(parcel.Waybill()) with { SignedMessageGuid = guid };
            await Parcel(A, parcel).Submit([Submission(parcel.Order()), waybill], atOnce: true);
        }
        return key;
    }

    static ImmutableArray<SignedMember> Members(params SampleParcel[] parcels) =>
        [.. parcels.Select(p => new SignedMember(DocumentType.Waybill, GuidOf(p), Key(p)))];

    static string GuidOf(SampleParcel parcel) => parcel.Waybill().Required(LogisticsHead.Guid);

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
