using ClearanceEngine.Access;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>What was done is said on a ticket, and no call comes back (ADR 023).</summary>
public class TicketTests(TwoHosts hosts) : GrainTest(hosts)
{
    [Fact]
    public async Task What_is_said_on_a_ticket_is_stored_with_no_call()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Sought(parcel);
        Complete(parcel, "order/1");
        await Until(() => State(parcel)[DocumentType.Order]!.MessageGuid == "M-order/1");
        Assert.Empty(State(parcel).Outbox);
        Assert.Equal(0, Journal.Count("A", "Complete", Key(parcel)));
        Assert.NotNull(
            (await Parcel(A, parcel).Show(SampleParcel.Platform, Audience.All))!
                .Documents[DocumentType.Order]
                .Sent
        );
    }

    [Fact]
    public async Task What_waits_behind_a_document_goes_once_the_ticket_says_that_it_has_left()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        var dearer = parcel with { AppType = "2", Revision = 2, FreightFen = 2_000 };
        await Submit(A, parcel, dearer.Order());
        await Sought(parcel);
        Assert.Equal(0, Journal.Count("A", $"handed {Named("order/2")}", Key(parcel)));
        Complete(parcel, "order/1");
        await Until(() => Journal.Count("A", $"handed {Named("order/2")}", Key(parcel)) == 1);
        Assert.Equal(0, Journal.Count("A", "Complete", Key(parcel)));
    }

    [Fact]
    public async Task What_is_said_to_an_activation_that_has_ended_the_next_one_finds_out()
    {
        var parcel = Sample();
        await Submit(A, parcel, parcel.Order());
        await Sought(parcel);
        await A.Deactivate((IAddressable)Parcel(A, parcel));
        Complete(parcel, "order/1");
        await Quiet(A);
        Assert.Contains(State(parcel).Outbox, effect => effect.Id == "order/1");
        Assert.NotNull(Store.Find("parcel", Key(parcel))!.DueAt);

        // The scan wakes it: what is in the outbox is handed over again, and found to have left.
        await Parcel(A, parcel).Wake();
        Assert.Equal(2, Journal.Count("A", $"handed {Named("order/1")}", Key(parcel)));
        Complete(parcel, "order/1");
        await Until(() => State(parcel).Outbox.Length == 0);
        Assert.NotNull(State(parcel)[DocumentType.Order]!.SentAt);
    }

    void Complete(SampleParcel parcel, string effectId) =>
        A.Dispatch.Complete(Key(parcel), new Completion(Named(effectId), Time.GetUtcNow(), $"M-{effectId}"));
}
