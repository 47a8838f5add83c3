using System.Text;
using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What grain storage promises, whatever the database.</summary>
public abstract partial class StorageConformance : StorageTest
{
    [Fact]
    public async Task What_was_written_is_read_back()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Text = "一件包裹");

        var again = await Silo.Activate("p/a/1");
        Assert.Equal("一件包裹", again.State.Text);
        Assert.True(again.Holder.RecordExists);
        Assert.Equal(grain.ETag, again.ETag);
    }

    [Fact]
    public async Task A_grain_that_was_never_written_reads_as_new()
    {
        var grain = new Activation<TestState>(Silo.Storage, "test", "p/a/1");
        grain.State.Text = "left over";
        await grain.Read();

        Assert.Equal("", grain.State.Text);
        Assert.Null(grain.ETag);
        Assert.False(grain.Holder.RecordExists);
    }

    [Fact]
    public async Task Whether_a_grain_is_stored_is_answered_in_batches()
    {
        await (await Silo.Activate<PlainState>("p/a/1", "one")).Write(s => s.Text = "one");
        RowKey[] asked = [new("one", "p/a/1"), new("two", "p/a/1"), new("one", "p/a/2")];

        Silo.Database.Hold();
        var first = Silo.Stored.Has(asked[0], CancellationToken.None);
        var others = Enumerable
            .Range(0, 90)
            .Select(i => Silo.Stored.Has(asked[i % 3], CancellationToken.None))
            .ToArray();
        Silo.Database.LetGo();

        Assert.True(await first);
        var answers = await Task.WhenAll(others);
        Assert.All(answers.Index(), a => Assert.Equal(a.Index % 3 == 0, a.Item));
        Assert.InRange(Silo.Database.Lookups, 1, 3);
    }

    [Fact]
    public async Task Each_write_raises_the_version()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write();
        Assert.Equal("1", grain.ETag);
        await grain.Write();
        Assert.Equal("2", grain.ETag);
        Assert.Equal(2L, Convert.ToInt64((await Database.Query("SELECT version FROM grain_state"))[0][0]));
    }

    [Fact]
    public async Task Two_states_of_one_grain_are_two_rows()
    {
        var one = await Silo.Activate<PlainState>("p/a/1", "one");
        var two = await Silo.Activate<PlainState>("p/a/1", "two");
        await one.Write(s => s.Text = "one");
        await two.Write(s => s.Text = "two");

        Assert.Equal("one", (await Silo.Activate<PlainState>("p/a/1", "one")).State.Text);
        Assert.Equal("two", (await Silo.Activate<PlainState>("p/a/1", "two")).State.Text);
    }

    [Fact]
    public async Task What_changes_after_the_call_is_not_written()
    {
        var grain = await Silo.Activate("p/a/1");
        Silo.Database.Hold();
        var write = grain.Write(s => s.Text = "at the call");
        grain.State.Text = "after the call";
        Silo.Database.LetGo();
        await write;

        Assert.Equal("at the call", (await Silo.Activate("p/a/1")).State.Text);
    }

    [Fact]
    public async Task A_conflict_fails_its_own_grain_and_no_other()
    {
        var stale = await Silo.Activate("p/a/7");
        await (await Silo.Activate("p/a/7")).Write(s => s.Text = "the other was first");
        var others = await Task.WhenAll(Enumerable.Range(10, 20).Select(i => Silo.Activate($"p/a/{i}")));

        Silo.Database.Hold();
        var first = others[0].Write(); // occupies the writer, so that the rest is one batch
        var lost = stale.Write(s => s.Text = "too late");
        var written = Task.WhenAll(others.Skip(1).Select(o => o.Write(s => s.Text = "fine")));
        Silo.Database.LetGo();

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => lost);
        Assert.Contains("p/a/7", error.Message, StringComparison.Ordinal);
        await first;
        await written;
        Assert.Equal("the other was first", (await Silo.Activate("p/a/7")).State.Text);
        Assert.All(others, o => Assert.Equal("1", o.ETag));
    }

    [Fact]
    public async Task Of_two_first_writes_one_wins()
    {
        await using var other = await StorageOfSilo.Start(Database);
        for (var round = 0; round < 20; round++)
        {
            var key = $"p/race/{round}";
            var rivals = new[] { await Silo.Activate(key), await other.Activate(key) };
            var wins = await Task.WhenAll(rivals.Select((r, i) => Wins(r.Write(s => s.Text = $"silo {i}"))));

            var winner = Assert.Single(Enumerable.Range(0, 2), i => wins[i]);
            Assert.Equal($"silo {winner}", (await Silo.Activate(key)).State.Text);
        }
        Assert.Equal(20, (await Database.Query("SELECT grain_key FROM grain_state")).Count);
    }

    [Fact]
    public async Task Two_activations_in_one_batch_do_not_both_win()
    {
        var setup = await Silo.Activate("p/a/1");
        await setup.Write();
        var rivals = new[]
        {
            await Silo.Activate("p/a/1"),
            await Silo.Activate("p/a/1"),
            await Silo.Activate("p/a/1"),
        };
        Silo.Database.Hold();
        var blocker = (await Silo.Activate("p/a/0")).Write();
        var writes = rivals.Select((r, i) => Wins(r.Write(s => s.Text = $"{i}"))).ToList();
        Silo.Database.LetGo();
        await blocker;

        Assert.Single(await Task.WhenAll(writes), won => won);
        Assert.All(Silo.Database.Batches, b =>
            Assert.Equal(b.Count, b.Select(w => w.Key).Distinct().Count())
        );
    }

    [Fact]
    public async Task A_write_to_a_row_that_is_gone_is_a_conflict()
    {
        var stale = await Silo.Activate("p/a/1");
        await stale.Write();
        await (await Silo.Activate("p/a/1")).Clear();

        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.Write());
        Assert.Empty(await Database.Query("SELECT grain_key FROM grain_state"));
    }

    [Fact]
    public async Task A_row_that_was_removed_and_made_again_at_the_same_version_is_another_row()
    {
        var stale = await Silo.Activate("p/a/1");
        await stale.Write(s => s.Text = "first life");
        var other = await Silo.Activate("p/a/1");
        await other.Clear();
        await other.Write(s => s.Text = "second life");
        Assert.Equal(stale.ETag, other.ETag);

        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.Write(s => s.Text = "ghost"));
        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.Clear());
        Assert.Equal("second life", (await Silo.Activate("p/a/1")).State.Text);
    }

    [Fact]
    public async Task A_cleared_grain_is_new_again()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Text = "old");
        await grain.Clear();
        Assert.Null(grain.ETag);
        Assert.False(grain.Holder.RecordExists);
        Assert.Equal("", grain.State.Text);
        Assert.False((await Silo.Activate("p/a/1")).Holder.RecordExists);

        await grain.Write(s => s.Text = "new");
        Assert.Equal("new", (await Silo.Activate("p/a/1")).State.Text);
    }

    [Fact]
    public async Task Clearing_what_was_never_written_does_nothing()
    {
        await (await Silo.Activate("p/a/1")).Clear();
        Assert.Empty(Silo.Database.Batches);
    }

    [Fact]
    public async Task A_stale_clear_conflicts()
    {
        var stale = await Silo.Activate("p/a/1");
        await stale.Write();
        await (await Silo.Activate("p/a/1")).Write(s => s.Text = "newer");

        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.Clear());
        Assert.Equal("newer", (await Silo.Activate("p/a/1")).State.Text);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_fails_alone()
    {
        await Database.Forbid("p/a/5");
        var grains = await Task.WhenAll(Enumerable.Range(0, 17).Select(i => Silo.Activate($"p/a/{i}")));
        Silo.Database.Hold();
        var writes = grains.Select(g => g.Write(s => s.Text = "x")).ToArray();
        Silo.Database.LetGo();

        for (var i = 0; i < writes.Length; i++)
        {
            if (i == 5)
                Assert.IsNotType<InconsistentStateException>(
                    await Assert.ThrowsAnyAsync<Exception>(() => writes[i])
                );
            else
                await writes[i];
        }
        Assert.Equal(16, (await Database.Query("SELECT grain_key FROM grain_state")).Count);
    }

    [Fact]
    public async Task A_state_that_is_too_large_fails_alone_and_says_so()
    {
        await using var silo = await StorageOfSilo.Start(Database, o => o.MaxStateBytes = 2048);
        var large = await silo.Activate("p/a/1");
        var small = await silo.Activate("p/a/2");
        var failed = large.Write(s => s.Text = new string('x', 5000));
        await small.Write(s => s.Text = "x");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => failed);
        Assert.Contains("p/a/1", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxStateBytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_holds_up_its_callers()
    {
        await using var silo = await StorageOfSilo.Start(Database, o =>
            (o.QueueLimit, o.BatchSize, o.Writers) = (4, 2, 1)
        );
        var grains = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => silo.Activate($"p/a/{i}")));
        silo.Database.Hold();
        var writes = grains.Select(g => g.Write()).ToArray();
        await Until(
            () => silo.Storage.Waiting == 4 && !silo.Database.Batches.IsEmpty,
            () =>
                $"{silo.Storage.Waiting} wait, batches of {string.Join(", ", silo.Database.Batches.Select(b => b.Count))}, {writes.Count(w => w.IsCompleted)} done"
        );

        Assert.Equal(4, silo.Storage.Waiting);
        Assert.InRange(silo.Database.Batches.Sum(b => b.Count), 1, 2);
        Assert.DoesNotContain(writes, w => w.IsCompleted);

        silo.Database.LetGo();
        await Task.WhenAll(writes);
        Assert.Equal(20, (await Database.Query("SELECT grain_key FROM grain_state")).Count);
        Assert.All(silo.Database.Batches, b => Assert.InRange(b.Count, 1, 2));
    }

    [Fact]
    public async Task A_batch_is_bounded_by_its_bytes_too()
    {
        await using var silo = await StorageOfSilo.Start(Database, o =>
            (o.MaxBatchBytes, o.Writers) = (4096, 1)
        );
        var grains = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => silo.Activate($"p/a/{i}")));
        silo.Database.Hold();
        var writes = grains.Select(g => g.Write(s => s.Text = new string('x', 1500))).ToArray();
        silo.Database.LetGo();
        await Task.WhenAll(writes);

        Assert.All(silo.Database.Batches, b => Assert.InRange(b.Count, 1, 3));
    }

    [Fact]
    public async Task Concurrent_writes_share_transactions()
    {
        var grains = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Silo.Activate($"p/a/{i}")));
        await Task.WhenAll(grains.Select(g => g.Write()));
        Assert.InRange(Silo.Database.Batches.Count, 1, 100);
    }

    [Fact]
    public async Task A_writer_that_may_linger_gathers_what_comes_meanwhile()
    {
        var time = new FakeTimeProvider();
        await using var silo = await StorageOfSilo.Start(
            Database,
            o => (o.Linger, o.Writers) = (TimeSpan.FromMilliseconds(50), 1),
            time
        );
        var grains = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => silo.Activate($"p/a/{i}")));
        var writes = new List<Task>();
        foreach (var grain in grains)
        {
            writes.Add(grain.Write());
            await Task.Yield();
        }
        var all = Task.WhenAll(writes);
        while (await Task.WhenAny(all, Task.Delay(5)) != all)
            time.Advance(TimeSpan.FromMilliseconds(50));
        await all;

        Assert.Equal(3, Assert.Single(silo.Database.Batches).Count);
    }

    [Fact]
    public async Task Data_survives_a_restart()
    {
        await (await Silo.Activate("p/a/1")).Write(s => (s.Text, s.Names) = ("kept", ["pre/1"]));
        await Silo.DisposeAsync();
        Silo = await StorageOfSilo.Start(Database);

        Assert.Equal("kept", (await Silo.Activate("p/a/1")).State.Text);
        Assert.Equal(["p/a/1"], (await Silo.Index.Find(["pre/1"], fresh: true))["pre/1"]);
    }

    [Fact]
    public async Task Nothing_stored_is_readable()
    {
        const string Secret = "11010519491231002X";
        await (await Silo.Activate("p/a/1")).Write(s => s.Text = Secret);
        var payload = (byte[])(await Database.Query("SELECT payload FROM grain_state"))[0][0];

        Assert.Equal(-1, payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)));
        Assert.Equal(-1, payload.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Secret)));
    }

    [Fact]
    public async Task A_row_copied_to_another_key_does_not_open()
    {
        await (await Silo.Activate("p/a/1")).Write(s => s.Text = "one");
        await (await Silo.Activate("p/a/2")).Write(s => s.Text = "two");
        await Database.Query(
            "UPDATE grain_state SET payload = (SELECT payload FROM grain_state WHERE grain_key = 'p/a/1') WHERE grain_key = 'p/a/2'"
        );

        var error = await Assert.ThrowsAsync<UnreadableStateException>(() => Silo.Activate("p/a/2"));
        Assert.Contains("test p/a/2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_can_be_rotated()
    {
        var (one, two) = (
            Convert.ToBase64String(new byte[32]),
            Convert.ToBase64String([.. Enumerable.Repeat((byte)2, 32)])
        );
        await (await Silo.Activate("p/a/1")).Write(s => s.Text = "old key");

        await using var both = await StorageOfSilo.Start(Database, o =>
            o.Keys = new StateKeyOptions { Current = 2, Ring = { ["1"] = one, ["2"] = two } }
        );
        var grain = await both.Activate("p/a/1");
        Assert.Equal("old key", grain.State.Text);
        await grain.Write(s => s.Text = "new key");

        await using var after = await StorageOfSilo.Start(Database, o =>
            o.Keys = new StateKeyOptions { Current = 2, Ring = { ["2"] = two } }
        );
        Assert.Equal("new key", (await after.Activate("p/a/1")).State.Text);
        var error = await Assert.ThrowsAsync<UnreadableStateException>(() => Silo.Activate("p/a/1"));
        Assert.Contains("needs key 2", error.Message, StringComparison.Ordinal);
    }

    static async Task<bool> Wins(Task write)
    {
        try
        {
            await write;
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    static async Task Until(Func<bool> condition, Func<string> otherwise)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
            await Task.Delay(5);
        Assert.True(condition(), otherwise());
    }
}
