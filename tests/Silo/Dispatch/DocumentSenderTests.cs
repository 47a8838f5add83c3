using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>From documents to messages: what is remembered, what is produced, what is told to whom.</summary>
public sealed class DocumentSenderTests
{
    [Fact]
    public async Task Gathered_documents_leave_in_one_message_and_their_parcels_know()
    {
        await using var world = await DispatchWorld.Start();
        await world.Documents.Send(Given.Gather(Given.Order(1), Given.Order(2)), CancellationToken.None);

        var (topic, body) = Assert.Single(world.Producer.Taken);
        Assert.Equal(TopicNames.Outbound, topic);
        Assert.Equal(["D-1", "D-2"], Given.OrderNumbers(body));
        Assert.Equal("order/1", Assert.Single(world.Grains[Given.ParcelKey(1)].Settled).EffectId);
        Assert.Equal("order/1", Assert.Single(world.Grains[Given.ParcelKey(2)].Settled).EffectId);
        Assert.Empty(await world.Unfinished());
    }

    [Fact]
    public async Task Who_waits_with_a_ticket_hears_it_there_and_is_not_called()
    {
        await using var world = await DispatchWorld.Start();
        var (first, second) = (world.Grains[Given.ParcelKey(1)], world.Grains[Given.ParcelKey(2)]);
        var waited = Given.Order(1) with { Ticket = first.Ticket() };
        await world.Documents.Send(Given.Gather(waited, Given.Order(2)), CancellationToken.None);
        await Eventually(() => first.Heard.Count == 1);
        Assert.Empty(first.Settled);
        var guid = Assert.Single(second.Settled).MessageGuid;
        Assert.Equal(("order/1", guid), (first.Heard.First().EffectId, first.Heard.First().MessageGuid));

        // What was said on the ticket got lost: handed over again, it is said again, and nothing leaves.
        await world.Documents.Send(
            Given.Gather(Given.Order(1) with { Ticket = first.Ticket() }),
            CancellationToken.None
        );
        await Eventually(() => first.Heard.Count == 2);
        Assert.Equal(guid, first.Heard.Last().MessageGuid);
        Assert.Single(world.Producer.Taken);
        Assert.Empty(first.Settled);
    }

    [Fact]
    public async Task A_document_that_is_too_large_by_itself_is_refused_before_it_is_claimed()
    {
        await using var world = await DispatchWorld.Start(new DispatchOptions { MessageBytes = 40_000 });
        var large = Given.Order(1, lines: 99);
        await world.Documents.Send(Given.Gather(large), CancellationToken.None);

        var told = Assert.Single(world.Grains[Given.ParcelKey(1)].Settled);
        Assert.Equal("document-too-large", told.Problem!.Code);
        Assert.Matches("字节.*bytes", told.Problem.Text);
        Assert.Empty(await world.Query("SELECT guid FROM outbound_message"));
        Assert.Empty(world.Producer.Offered);
    }

    [Fact]
    public async Task What_cannot_be_signed_is_told_to_its_parcel()
    {
        await using var world = await DispatchWorld.Start();
        world.Signer.HasNoKey = true;
        await world.Documents.Send(Given.Gather(Given.Waybill(1)), CancellationToken.None);
        Assert.Equal(
            "signing-key-missing",
            Assert.Single(world.Grains[Given.ParcelKey(1)].Settled).Problem!.Code
        );
        Assert.Empty(await world.Query("SELECT guid FROM outbound_message"));
    }

    [Fact]
    public async Task Documents_that_another_message_has_are_left_out_and_the_others_go()
    {
        await using var world = await DispatchWorld.Start();
        await world.Documents.Send(Given.Gather(Given.Order(1)), CancellationToken.None);
        await world.Documents.Send(Given.Gather(Given.Order(1), Given.Order(2)), CancellationToken.None);

        Assert.Equal(["D-1", "D-2"], world.Producer.Taken.SelectMany(t => Given.OrderNumbers(t.Value)));
        // It had left, and its parcel is told once more: that it is in the outbox still shows that the first news got lost.
        Assert.Equal(2, world.Grains[Given.ParcelKey(1)].Settled.Count);
        Assert.Single(world.Grains[Given.ParcelKey(2)].Settled);
    }

    [Fact]
    public async Task A_debt_whose_message_was_dissolved_is_told_so_and_the_others_go()
    {
        await using var world = await DispatchWorld.Start();
        world.Grains.Broken[Given.ParcelKey(1)] = true;
        world.Producer.TakesUpTo(1);
        await world.Documents.Send(Given.Gather(Given.Order(1), Given.Order(2)), CancellationToken.None);
        Assert.Empty(await world.Unfinished());
        world.Grains.Broken.Clear();
        world.Producer.TakesUpTo(int.MaxValue);

        // The parcel that could not be told still has it in its outbox under the old name.
        await world.Documents.Send(Given.Gather(Given.Order(1), Given.Order(3)), CancellationToken.None);
        Assert.Equal(("order/1", null), Assert.Single(world.Grains[Given.ParcelKey(1)].Freed));
        Assert.Empty(world.Grains[Given.ParcelKey(1)].Settled);
        Assert.Equal(["D-3"], world.Producer.Taken.SelectMany(t => Given.OrderNumbers(t.Value)));
    }

    [Fact]
    public async Task A_signed_message_leaves_byte_for_byte()
    {
        await using var world = await DispatchWorld.Start();
        var message = world.Signed("SIGNED", 1, 2);
        await world.Documents.SendSigned(message, CancellationToken.None);
        Assert.Equal(message.Body, Assert.Single(world.Producer.Taken).Value);
        Assert.Equal(SignedMessages.SignedMessageStage.Sent, world.Grains.Signed("SIGNED").State.Stage);
        Assert.Single(world.Grains[Given.ParcelKey(2)].Settled);

        await world.Documents.SendSigned(message, CancellationToken.None);
        Assert.Single(world.Producer.Taken);
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
