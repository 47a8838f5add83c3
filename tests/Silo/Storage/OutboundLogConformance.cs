using System.Collections.Immutable;
using System.Text;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What the memory of outgoing messages promises, whatever the database.</summary>
public abstract class OutboundLogConformance : StorageTest
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_claimed_message_is_remembered_byte_for_byte()
    {
        var message = Message("G1", "p/b/1", "p/a/1");
        Assert.NotNull((await Silo.Log.Claim(message)).Message);

        var found = await Silo.Log.Find("G1");
        Assert.NotNull(found);
        Assert.Equal(message.Body.ToArray(), found.Body.ToArray());
        Assert.Equal(message.Members, found.Members.AsEnumerable());
        Assert.Equal(
            (message.Guid, message.MessageType, message.Sender, message.CreatedAt),
            (found.Guid, found.MessageType, found.Sender, found.CreatedAt)
        );
        Assert.Null(await Silo.Log.Find("G2"));
    }

    [Fact]
    public async Task A_debt_leaves_in_one_message_only()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1", "p/a/2"));
        Assert.Equal(
            [new TakenMember(Member("p/a/2"), "G1", MessageFate.Underway)],
            (await Silo.Log.Claim(Message("G2", "p/a/3", "p/a/2"))).Taken.AsEnumerable()
        );

        Assert.Null(await Silo.Log.Find("G2"));
        Assert.NotNull((await Silo.Log.Claim(Message("G3", "p/a/3"))).Message); // the refused claim took nothing
    }

    [Fact]
    public async Task The_same_parcel_may_have_several_documents_under_way()
    {
        Assert.NotNull(
            (
                await Silo.Log.Claim(Message("G1", "p/a/1") with { Members = [new("p/a/1", "order/1")] })
            ).Message
        );
        Assert.NotNull(
            (
                await Silo.Log.Claim(
                    Message("G2", "p/a/1") with
                    {
                        Members = [new("p/a/1", "payment/1"), new("p/a/1", "order/2")],
                    }
                )
            ).Message
        );
    }

    [Fact]
    public async Task A_repeated_claim_gets_the_bytes_that_were_stored_first()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        Assert.Equal(
            Message("G1", "p/a/1").Body.ToArray(),
            (
                await Silo.Log.Claim(Message("G1", "p/a/1") with { Body = "other bytes"u8.ToArray() })
            ).Message!.Body.ToArray()
        );
        Assert.Equal(Message("G1", "p/a/1").Body.ToArray(), (await Silo.Log.Find("G1"))!.Body.ToArray());
    }

    [Fact]
    public async Task Messages_that_are_finished_together_share_a_transaction_and_are_all_finished()
    {
        string[] guids = ["G1", "G2", "G3", "G4"];
        foreach (var guid in guids)
            await Silo.Log.Claim(Message(guid, $"p/{guid}/1"));

        Silo.Database.Hold();
        var first = Silo.Log.Finished("G1");
        await Until(() => Silo.Database.Finished.Count == 1);
        Task[] others = [Silo.Log.Finished("G3"), Silo.Log.Finished("G4")];
        Silo.Database.LetGo();
        await first;
        await Task.WhenAll(others);

        Assert.Equal([1, 2], Silo.Database.Finished);
        Assert.Equal(["G2"], (await Silo.Log.Unfinished(Noon.AddDays(1), null, 10)).Select(m => m.Guid));
    }

    static async Task Until(Func<bool> reached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !reached(); await Task.Delay(5))
            Assert.True(DateTime.UtcNow < deadline, "not reached in 60 s");
    }

    [Fact]
    public async Task A_guid_with_other_members_is_refused()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Silo.Log.Claim(Message("G1", "p/a/1", "p/a/2"))
        );
        Assert.Contains("G1", error.Message, StringComparison.Ordinal);
        Assert.NotNull((await Silo.Log.Claim(Message("G2", "p/a/2"))).Message);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_recognised()
    {
        Silo.Database.LoseAfter(1);
        Assert.NotNull((await Silo.Log.Claim(Message("G1", "p/a/1"))).Message);
        Assert.NotNull(await Silo.Log.Find("G1"));
    }

    [Fact]
    public async Task Concurrent_claims_of_one_guid_are_repeats_of_each_other()
    {
        await using var other = await StorageOfSilo.Start(Database);
        for (var round = 0; round < 20; round++)
        {
            var message = Message($"G{round}", $"p/{round}/1", $"p/{round}/2");
            var answers = await Task.WhenAll(
                Silo.Log.Claim(message),
                other.Log.Claim(message),
                Silo.Log.Claim(message)
            );
            Assert.All(answers, a => Assert.Equal(message.Body.ToArray(), a.Message!.Body.ToArray()));
        }
    }

    [Fact]
    public async Task Of_concurrent_claims_that_overlap_each_member_has_one_winner()
    {
        await using var other = await StorageOfSilo.Start(Database);
        var random = new Random(7);
        var messages = Enumerable
            .Range(0, 60)
            .Select(i =>
                Message($"G{i}", [.. Enumerable.Range(0, 5).Select(_ => $"p/a/{random.Next(40)}").Distinct()])
            )
            .ToArray();
        var answers = await Task.WhenAll(messages.Select((m, i) => (i % 2 == 0 ? Silo : other).Log.Claim(m)));

        var owners = new Dictionary<OutboundMember, string>();
        for (var i = 0; i < messages.Length; i++)
        {
            if (answers[i].Message is not null)
                Assert.All(messages[i].Members, m => Assert.True(owners.TryAdd(m, messages[i].Guid)));
            Assert.Equal(answers[i].Message is not null, await Silo.Log.Find(messages[i].Guid) is not null);
        }
        Assert.Equal(owners.Count, (await Database.Query("SELECT guid FROM outbound_member")).Count);
        Assert.NotEmpty(owners);
    }

    [Fact]
    public async Task A_finished_message_drops_its_body_and_keeps_its_members_for_ever()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        await Silo.Log.Finished("G1");
        await Silo.Log.Finished("G1");
        await Silo.Log.Finished("unknown");

        var found = (await Silo.Log.Find("G1"))!;
        Assert.True(found.Body.IsEmpty);
        Assert.Equal([Member("p/a/1")], found.Members.AsEnumerable());
        Assert.Empty(await Silo.Log.Unfinished(Noon.AddDays(1), null, 10));
        // Whoever still held the effect in hand and comes late may send it neither in another message nor in this one.
        foreach (var guid in (string[])["G1", "G2"])
        {
            var late = await Silo.Log.Claim(Message(guid, "p/a/1"));
            Assert.Null(late.Message);
            Assert.Equal(
                [new TakenMember(Member("p/a/1"), "G1", MessageFate.Sent)],
                late.Taken.AsEnumerable()
            );
        }
    }

    [Fact]
    public async Task What_is_unfinished_is_found_oldest_first()
    {
        await Silo.Log.Claim(Message("G2", "p/a/2") with { CreatedAt = Noon.AddMinutes(2) });
        await Silo.Log.Claim(Message("G1", "p/a/1") with { CreatedAt = Noon.AddMinutes(1) });
        await Silo.Log.Claim(Message("G3", "p/a/3") with { CreatedAt = Noon.AddMinutes(3) });
        await Silo.Log.Claim(Message("G0", "p/a/0"));
        await Silo.Log.Finished("G0");

        Assert.Equal(
            ["G1", "G2"],
            (await Silo.Log.Unfinished(Noon.AddMinutes(3), null, 10)).Select(m => m.Guid)
        );
        var first = Assert.Single(await Silo.Log.Unfinished(Noon.AddMinutes(9), null, 1));
        Assert.Equal(new UnfinishedMessage("G1", Noon.AddMinutes(1)), first);
    }

    [Fact]
    public async Task What_is_unfinished_comes_in_pages_that_miss_and_repeat_nothing()
    {
        foreach (var guid in (string[])["G3", "G1", "G2"])
            await Silo.Log.Claim(Message(guid, $"p/{guid}/1"));
        await Silo.Log.Claim(Message("G0", "p/G0/1") with { CreatedAt = Noon.AddMinutes(1) });

        var found = new List<string>();
        UnfinishedMessage? last = null;
        while (await Silo.Log.Unfinished(Noon.AddDays(1), last, 1) is [var next] && found.Count < 10)
        {
            found.Add(next.Guid);
            last = next;
        }
        Assert.Equal(["G1", "G2", "G3", "G0"], found);
    }

    [Fact]
    public async Task A_message_that_does_not_decrypt_hides_no_other()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        await Silo.Log.Claim(Message("G2", "p/a/2"));
        await Database.Query(
            "UPDATE outbound_message SET body = (SELECT body FROM outbound_message WHERE guid = 'G2') WHERE guid = 'G1'"
        );

        Assert.Equal(
            ["G1", "G2"],
            (await Silo.Log.Unfinished(Noon.AddDays(1), null, 10)).Select(m => m.Guid)
        );
        await Assert.ThrowsAsync<InvalidDataException>(() => Silo.Log.Find("G1"));
        Assert.Equal(Message("G2", "p/a/2").Body.ToArray(), (await Silo.Log.Find("G2"))!.Body.ToArray());
    }

    [Fact]
    public async Task A_dissolved_message_is_never_produced_again_and_stays_until_its_parcels_know()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1", "p/a/2"));
        Assert.True(await Silo.Log.Dissolve("G1"));
        Assert.True(await Silo.Log.Dissolve("G1"));

        Assert.Equal(["G1"], (await Silo.Log.Unfinished(Noon.AddDays(1), null, 10)).Select(m => m.Guid));
        var found = (await Silo.Log.Find("G1"))!;
        Assert.Equal(MessageFate.Dissolved, found.Fate);
        Assert.Equal([Member("p/a/1"), Member("p/a/2")], found.Members.AsEnumerable());

        await Silo.Log.Finished("G1");
        Assert.Empty(await Silo.Log.Unfinished(Noon.AddDays(1), null, 10));
        found = (await Silo.Log.Find("G1"))!;
        Assert.Equal((MessageFate.Dissolved, true), (found.Fate, found.Body.IsEmpty));
        Assert.True(await Silo.Log.Dissolve("G1")); // a crash between the two repeats both
    }

    [Fact]
    public async Task Whoever_still_holds_a_debt_of_a_dissolved_message_is_told_so()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        await Silo.Log.Dissolve("G1");

        foreach (var guid in (string[])["G1", "G2"])
        {
            var late = await Silo.Log.Claim(Message(guid, "p/a/1"));
            Assert.Null(late.Message);
            Assert.Equal(
                [new TakenMember(Member("p/a/1"), "G1", MessageFate.Dissolved)],
                late.Taken.AsEnumerable()
            );
        }
        // Under a new name it goes.
        Assert.NotNull(
            (
                await Silo.Log.Claim(Message("G3", "p/a/1") with { Members = [new("p/a/1", "list/1/r1")] })
            ).Message
        );
    }

    [Fact]
    public async Task What_has_left_cannot_be_dissolved()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        await Silo.Log.Finished("G1");
        Assert.False(await Silo.Log.Dissolve("G1"));
        Assert.False(await Silo.Log.Dissolve("unknown"));
        Assert.Equal(MessageFate.Sent, (await Silo.Log.Find("G1"))!.Fate);
    }

    [Fact]
    public async Task A_dissolution_whose_answer_was_lost_is_repeated()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        Silo.Database.LoseAfter(1);
        Assert.True(await Silo.Log.Dissolve("G1"));
    }

    [Fact]
    public async Task The_backlog_counts_what_is_unfinished_and_who_is_due()
    {
        Assert.Equal(new Backlog(0, null, 0, 0), await Silo.Database.Backlog(Noon));
        await Silo.Log.Claim(Message("G1", "p/a/1") with { CreatedAt = Noon.AddMinutes(1) });
        await Silo.Log.Claim(Message("G2", "p/a/2"));
        await Silo.Log.Claim(Message("G3", "p/a/3") with { CreatedAt = Noon.AddMinutes(-1) });
        await Silo.Log.Finished("G3");
        await Silo.Log.Dissolve("G2");
        await (await Silo.Activate("p/a/1")).Write(s => s.OutboxDueAt = Noon);
        await (await Silo.Activate("p/a/2")).Write(s => s.OutboxDueAt = Noon.AddHours(-1));
        await (await Silo.Activate("p/a/3")).Write(s => s.OutboxDueAt = Noon.AddMilliseconds(1));
        await (await Silo.Activate("p/a/4")).Write(s => s.TimeDueAt = Noon.AddHours(-1));

        Assert.Equal(new Backlog(2, Noon, 2, 1), await Silo.Database.Backlog(Noon));
    }

    [Fact]
    public async Task A_stored_body_is_not_readable()
    {
        await Silo.Log.Claim(Message("G1", "p/a/1"));
        var stored = (byte[])(await Database.Query("SELECT body FROM outbound_message"))[0][0];
        Assert.Equal(-1, stored.AsSpan().IndexOf("CEB311Message"u8));
    }

    static OutboundMember Member(string grainKey) => new(grainKey, "list/1");

    private protected static OutboundMessage Message(string guid, params string[] grainKeys) =>
        new(
            guid,
            "CEB621Message",
            "4401",
            [.. grainKeys.Select(Member)],
            Encoding.UTF8.GetBytes($"<CEB311Message guid=\"{guid}\"/>"),
            Noon
        );
}
