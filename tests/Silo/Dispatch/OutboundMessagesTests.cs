using ClearanceEngine.Recovery;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Silo.Dispatch;
using ClearanceEngine.Storage;
using ClearanceEngine.Streams.Kafka;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>Every end that a claimed message can come to, and every point at which the silo may die on the way (rules 2 and 3).</summary>
public sealed class OutboundMessagesTests
{
    [Fact]
    public async Task What_the_broker_refuses_is_dissolved_and_its_documents_are_free_to_go_again()
    {
        await using var world = await DispatchWorld.Start();
        world.Producer.TakesUpTo(5_000);
        await world.Documents.Send(
            Given.Gather(Given.Order(1, 9), Given.Order(2, 9)),
            CancellationToken.None
        );

        Assert.Empty(world.Producer.Taken);
        foreach (var parcel in (int[])[1, 2])
        {
            Assert.Equal(("order/1", null), Assert.Single(world.Grains[Given.ParcelKey(parcel)].Freed));
            Assert.Empty(world.Grains[Given.ParcelKey(parcel)].Settled);
        }
        Assert.Empty(await world.Unfinished());
    }

    [Fact]
    public async Task A_single_document_that_the_broker_refuses_ends_with_a_problem()
    {
        await using var world = await DispatchWorld.Start();
        world.Producer.TakesUpTo(1_000);
        await world.Documents.Send(Given.Gather(Given.Order(1)), CancellationToken.None);

        var (effectId, problem) = Assert.Single(world.Grains[Given.ParcelKey(1)].Freed);
        Assert.Equal(("order/1", "message-too-large"), (effectId, problem!.Code));
        Assert.Equal(DocumentType.Order, problem.Document);
        Assert.Matches("缩短.*shorten", problem.Text);
    }

    [Fact]
    public async Task A_signed_message_that_the_broker_refuses_is_refused_with_all_its_documents()
    {
        await using var world = await DispatchWorld.Start();
        world.Producer.TakesUpTo(10);
        await world.Documents.SendSigned(world.Signed("SIGNED", 1, 2), CancellationToken.None);

        foreach (var parcel in (int[])[1, 2])
            Assert.Equal(
                "message-too-large",
                Assert.Single(world.Grains[Given.ParcelKey(parcel)].Freed).Problem!.Code
            );
        var signed = world.Grains.Signed("SIGNED").State;
        Assert.Equal((SignedMessageStage.Refused, "message-too-large"), (signed.Stage, signed.Problem!.Code));
    }

    [Fact]
    public async Task A_broker_that_is_away_is_no_verdict()
    {
        await using var world = await DispatchWorld.Start();
        world.Producer.Rule = (_, _) => FakeProducer.Away();
        await Assert.ThrowsAsync<KafkaUnavailableException>(() =>
            world.Documents.Send(Given.Gather(Given.Order(1), Given.Order(2)), CancellationToken.None)
        );
        Assert.Empty(world.Grains[Given.ParcelKey(1)].Freed);
        Assert.Single(await world.Unfinished());

        world.Producer.Rule = (_, _) => null;
        await world.Recover();
        Assert.Equal(["D-1", "D-2"], Given.OrderNumbers(Assert.Single(world.Producer.Taken).Value));
        Assert.Single(world.Grains[Given.ParcelKey(2)].Settled);
        Assert.Empty(await world.Unfinished());
    }

    [Fact]
    public async Task A_parcel_that_cannot_be_told_keeps_no_other_from_knowing_and_no_message_unfinished()
    {
        await using var world = await DispatchWorld.Start();
        world.Grains.Broken[Given.ParcelKey(1)] = true;
        await world.Documents.Send(
            Given.Gather(Given.Order(1), Given.Order(2), Given.Order(3)),
            CancellationToken.None
        );
        Assert.Single(world.Grains[Given.ParcelKey(2)].Settled);
        Assert.Single(world.Grains[Given.ParcelKey(3)].Settled);
        Assert.Empty(await world.Unfinished());

        // Once it can be read it is woken, hands its effect over again, and is told.
        world.Grains.Broken.Clear();
        await world.Documents.Send(Given.Gather(Given.Order(1)), CancellationToken.None);
        Assert.Single(world.Grains[Given.ParcelKey(1)].Settled);
        Assert.Single(world.Producer.Taken);
    }

    [Fact]
    public async Task After_a_crash_at_any_step_a_refused_message_is_never_produced_and_its_documents_are_freed()
    {
        var crashes = 0;
        for (var step = 0; ; step++)
        {
            await using var world = await DispatchWorld.Start();
            world.Producer.TakesUpTo(5_000);
            world.Log.CrashAfter = step;
            var gathered = Given.Gather(Given.Order(1, 9), Given.Order(2, 9));
            await Record.ExceptionAsync(() => world.Documents.Send(gathered, CancellationToken.None));
            if (!world.Log.Crashed)
                break;
            crashes++;

            // Whatever was stored when it died: the documents were freed, or nothing was claimed and they are sent anew.
            var rows = await world.Query("SELECT dissolved FROM outbound_message");
            var isDissolved = rows is [[1L]];
            // The topic takes larger records from now on: who is free already must not leave a second time.
            world.Producer.TakesUpTo(int.MaxValue);
            await world.Recover();
            if (rows.Count == 0)
                await world.Documents.Send(gathered, CancellationToken.None);

            Assert.Empty(await world.Unfinished());
            var freed = world.Grains[Given.ParcelKey(1)].Freed;
            var settled = world.Grains[Given.ParcelKey(1)].Settled;
            if (isDissolved)
            {
                Assert.Empty(world.Producer.Taken);
                Assert.All(freed, f => Assert.Equal(("order/1", null), f));
                Assert.NotEmpty(freed);
                Assert.Empty(settled);
            }
            else
            {
                Assert.Empty(freed);
                Assert.Single(world.Producer.Taken);
                Assert.Single(settled);
            }
        }
        Assert.Equal(6, crashes); // before and after claim, dissolve and finish
    }

    [Fact]
    public async Task After_a_crash_at_any_step_a_message_leaves_as_the_same_bytes_and_its_parcels_know()
    {
        var crashes = 0;
        for (var step = 0; ; step++)
        {
            await using var world = await DispatchWorld.Start();
            world.Log.CrashAfter = step;
            var gathered = Given.Gather(Given.Order(1), Given.Order(2));
            await Record.ExceptionAsync(() => world.Documents.Send(gathered, CancellationToken.None));
            if (!world.Log.Crashed)
                break;
            crashes++;

            await world.Recover();
            await world.Documents.Send(gathered, CancellationToken.None); // it is in the outbox as long as it does not know
            Assert.Empty(await world.Unfinished());
            Assert.Single(world.Producer.Taken.Select(t => Convert.ToHexString(t.Value)).Distinct());
            Assert.NotEmpty(world.Grains[Given.ParcelKey(1)].Settled);
            Assert.NotEmpty(world.Grains[Given.ParcelKey(2)].Settled);
        }
        Assert.Equal(4, crashes); // before and after claim and finish
    }

    [Fact]
    public async Task A_message_that_does_not_decrypt_stops_only_itself()
    {
        await using var world = await DispatchWorld.Start();
        world.Producer.Rule = (_, _) => FakeProducer.Away();
        foreach (var number in (int[])[1, 2, 3])
            await Record.ExceptionAsync(() =>
                world.Documents.Send(Given.Gather(Given.Order(number)), CancellationToken.None)
            );
        var guids = await world.Unfinished();
        await world.Query($"UPDATE outbound_message SET body = x'0102' WHERE guid = '{guids[0]}'");

        world.Producer.Rule = (_, _) => null;
        var scan = new RecoveryScan<UnfinishedMessage>(
            world.Recovery,
            new RecoveryOptions { UnfinishedAfter = TimeSpan.Zero },
            world.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance
        );
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await scan.Pass(_ => true, CancellationToken.None);
        while (scan.Busy != SliceSet.None)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal([guids[0]], await world.Unfinished());
        Assert.Equal(2, world.Producer.Taken.Count);
        Assert.Equal(1, scan.Failing);
    }
}
