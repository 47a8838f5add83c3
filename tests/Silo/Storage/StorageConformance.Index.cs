using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Storage;

public abstract partial class StorageConformance
{
    [Fact]
    public async Task Index_rows_follow_the_state()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Names = ["pay/1", "wb/1", "wb/1"]);
        Assert.Equal(["pay/1", "wb/1"], await IndexRows());
        await grain.Write(s => s.Names = ["wb/1", "pre/1"]);
        Assert.Equal(["pre/1", "wb/1"], await IndexRows());

        var again = await Silo.Activate("p/a/1");
        await again.Write(s => s.Names = ["inv/1"]);
        Assert.Equal(["inv/1"], await IndexRows());
        await again.Clear();
        Assert.Empty(await IndexRows());
    }

    [Fact]
    public async Task An_unchanged_set_of_names_costs_nothing()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Names = ["pay/1", "wb/1"]);
        await grain.Write(s => s.Text = "x");
        await (await Silo.Activate("p/a/1")).Write(s => s.Names = ["wb/1", "pay/1"]);

        var writes = Silo.Database.Batches.SelectMany(b => b).ToList();
        Assert.Equal(["pay/1", "wb/1"], writes[0].AddedKeys);
        Assert.All(writes.Skip(1), w => Assert.Empty(w.AddedKeys.Concat(w.RemovedKeys!)));
        Assert.Equal(["pay/1", "wb/1"], await IndexRows());
    }

    [Fact]
    public async Task A_write_that_lost_leaves_no_index_rows()
    {
        var stale = await Silo.Activate("p/a/1");
        await (await Silo.Activate("p/a/1")).Write(s => s.Names = ["pay/winner"]);

        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.Write(s => s.Names = ["pay/loser"]));
        Assert.Equal(["pay/winner"], await IndexRows());
    }

    [Fact]
    public async Task A_write_that_lost_beside_one_that_won_removes_and_adds_no_names()
    {
        var neighbour = Append(0, null) with { Key = new RowKey("test", "p/log/2"), AddedKeys = ["pay/2"] };
        await Commit(won: [true, true], [Append(0, null) with { AddedKeys = ["pay/1"] }, neighbour]);

        var lost = Append(5, null) with { RemovedKeys = ["pay/1"], AddedKeys = ["pay/3"] };
        var wins = neighbour with
        {
            Expected = 1,
            Nonce = Guid.NewGuid(),
            RemovedKeys = ["pay/2"],
            AddedKeys = ["pay/4"],
        };
        await Commit(won: [false, true], [lost, wins]);
        Assert.Equal(["pay/1", "pay/4"], await IndexRows());
    }

    [Fact]
    public async Task Another_state_of_the_same_grain_leaves_its_index_rows_alone()
    {
        await (await Silo.Activate("p/a/1")).Write(s => s.Names = ["pay/1"]);
        var plain = await Silo.Activate<PlainState>("p/a/1", "plain");
        await plain.Write();
        plain.Move();
        await plain.Write();
        await plain.Clear();

        Assert.Equal(["pay/1"], await IndexRows());
    }

    [Fact]
    public async Task An_activation_that_moved_here_still_removes_old_names()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Names = ["pay/1", "wb/1"]);
        grain.Move();
        await grain.Write(s => s.Names = ["wb/1", "pre/1"]);

        Assert.Equal(["pre/1", "wb/1"], await IndexRows());
    }

    [Fact]
    public async Task Names_that_newer_code_derives_otherwise_replace_the_old_ones()
    {
        await (await Silo.Activate("p/a/1")).Write(s => s.Names = ["pay/1", "wb/1"]);

        TestState.NamePrefix.Value = "v2-";
        await (await Silo.Activate("p/a/1")).Write(s => s.Text = "x");
        Assert.Equal(["v2-pay/1", "v2-wb/1"], await IndexRows());
    }

    [Fact]
    public async Task Several_grains_may_have_the_same_name()
    {
        await (await Silo.Activate("p/b/1")).Write(s => s.Names = ["ord/1"]);
        await (await Silo.Activate("p/a/1")).Write(s => s.Names = ["ord/1"]);

        var found = await Silo.Index.Find(["ord/1", "ord/2"], fresh: false);
        Assert.Equal(["p/a/1", "p/b/1"], found["ord/1"]);
        Assert.Single(found);
    }

    [Fact]
    public async Task Absence_is_never_remembered()
    {
        Assert.Empty(await Silo.Index.Find(["pre/1"], fresh: false));
        await using var other = await StorageOfSilo.Start(Database);
        await (await other.Activate("p/a/1")).Write(s => s.Names = ["pre/1"]);

        Assert.Equal(["p/a/1"], (await Silo.Index.Find(["pre/1"], fresh: false))["pre/1"]);
    }

    [Fact]
    public async Task What_was_found_is_remembered_until_this_silo_changes_it()
    {
        var one = await Silo.Activate("p/a/1");
        await one.Write(s => s.Names = ["pay/1"]);
        await Silo.Index.Find(["pay/1"], fresh: false);
        await Silo.Index.Find(["pay/1"], fresh: false);
        Assert.Equal(1, Silo.Database.Lookups);

        await (await Silo.Activate("p/b/1")).Write(s => s.Names = ["pay/1"]);
        Assert.Equal(["p/a/1", "p/b/1"], (await Silo.Index.Find(["pay/1"], fresh: false))["pay/1"]);
        await one.Clear();
        await Silo.Index.Find(["pay/1"], fresh: true);
        Assert.Equal(["p/b/1"], (await Silo.Index.Find(["pay/1"], fresh: false))["pay/1"]);
    }

    [Fact]
    public async Task A_fresh_look_up_sees_what_another_silo_wrote()
    {
        await (await Silo.Activate("p/a/1")).Write(s => s.Names = ["pay/1"]);
        await Silo.Index.Find(["pay/1"], fresh: false);
        await using var other = await StorageOfSilo.Start(Database);
        await (await other.Activate("p/b/1")).Write(s => s.Names = ["pay/1"]);

        Assert.Equal(["p/a/1", "p/b/1"], (await Silo.Index.Find(["pay/1"], fresh: true))["pay/1"]);
    }

    [Fact]
    public async Task Concurrent_look_ups_share_round_trips()
    {
        await (await Silo.Activate("p/a/1")).Write(s =>
            s.Names = [.. Enumerable.Range(0, 50).Select(i => $"wb/{i}")]
        );
        Silo.Database.Hold();
        var finds = Enumerable.Range(0, 50).Select(i => Silo.Index.Find([$"wb/{i}"], fresh: false)).ToArray();
        Silo.Database.LetGo();
        await Task.WhenAll(finds);

        Assert.All(finds, f => Assert.Equal(["p/a/1"], Assert.Single(f.Result).Value));
        Assert.InRange(Silo.Database.Lookups, 1, 3);
    }

    [Fact]
    public async Task Who_owes_is_found_oldest_first()
    {
        var now = new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
        await (await Silo.Activate("p/a/1")).Write(s => s.OutboxDueAt = now);
        await (await Silo.Activate("p/a/2")).Write(s => s.OutboxDueAt = now.AddHours(-1));
        await (await Silo.Activate("p/a/3")).Write(s => s.OutboxDueAt = now.AddMilliseconds(1));
        await (await Silo.Activate("p/a/4")).Write();
        var paid = await Silo.Activate("p/a/5");
        await paid.Write(s => s.OutboxDueAt = now.AddHours(-2));
        await paid.Write(s => s.OutboxDueAt = null);

        var due = await Silo.Due.Due(DueFor.Outbox, now, null, 10);
        Assert.Equal([new("p/a/2", now.AddHours(-1)), new("p/a/1", now)], due);
        var first = Assert.Single(await Silo.Due.Due(DueFor.Outbox, now, null, 1));
        Assert.Equal("p/a/2", first.GrainKey);
        Assert.Equal("p/a/1", Assert.Single(await Silo.Due.Due(DueFor.Outbox, now, first, 10)).GrainKey);
    }

    [Fact]
    public async Task Who_is_due_at_one_moment_comes_in_pages_that_miss_and_repeat_nobody()
    {
        var now = new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
        foreach (var key in (string[])["p/a/3", "p/a/1", "p/a/2"])
            await (await Silo.Activate(key)).Write(s => s.OutboxDueAt = now);

        var first = await Silo.Due.Due(DueFor.Outbox, now, null, 2);
        Assert.Equal(["p/a/1", "p/a/2"], first.Select(g => g.GrainKey));
        Assert.Equal(
            ["p/a/3"],
            (await Silo.Due.Due(DueFor.Outbox, now, first[^1], 2)).Select(g => g.GrainKey)
        );
    }

    [Fact]
    public async Task What_a_grain_is_due_for_are_two_lists()
    {
        var now = new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
        var both = await Silo.Activate("p/a/1");
        await both.Write(s => (s.OutboxDueAt, s.TimeDueAt) = (now.AddHours(-1), now));
        await (await Silo.Activate("p/a/2")).Write(s => s.OutboxDueAt = now);
        await (await Silo.Activate("p/a/3")).Write(s => s.TimeDueAt = now.AddHours(-2));

        Assert.Equal(
            [new("p/a/1", now.AddHours(-1)), new("p/a/2", now)],
            await Silo.Due.Due(DueFor.Outbox, now, null, 10)
        );
        Assert.Equal(
            [new("p/a/3", now.AddHours(-2)), new("p/a/1", now)],
            await Silo.Due.Due(DueFor.Time, now, null, 10)
        );

        await both.Write(s => s.OutboxDueAt = null);
        Assert.Equal(["p/a/2"], (await Silo.Due.Due(DueFor.Outbox, now, null, 10)).Select(g => g.GrainKey));
        Assert.Equal(2, (await Silo.Due.Due(DueFor.Time, now, null, 10)).Count);
    }

    async Task<IEnumerable<string>> IndexRows() =>
        (await Database.Query("SELECT index_key FROM document_index"))
            .Select(r => (string)r[0])
            .Order(StringComparer.Ordinal);
}
