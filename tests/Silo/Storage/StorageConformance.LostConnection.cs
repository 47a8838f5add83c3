using ClearanceEngine.Silo.Storage;
using Orleans.Storage;

namespace ClearanceEngine.Tests.Storage;

public abstract partial class StorageConformance
{
    [Fact]
    public async Task A_write_whose_connection_was_lost_before_the_commit_is_tried_again()
    {
        var grain = await Silo.Activate("p/a/1");
        Silo.Database.LoseBefore(2);
        await grain.Write(s => s.Text = "third try");

        Assert.Equal("third try", (await Silo.Activate("p/a/1")).State.Text);
        Assert.Equal("1", grain.ETag);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_recognised()
    {
        var grain = await Silo.Activate("p/a/1");
        Silo.Database.LoseAfter(1);
        await grain.Write(s => (s.Text, s.Names) = ("first", ["pre/1"]));
        Silo.Database.LoseAfter(2);
        await grain.Write(s => (s.Text, s.Names) = ("second", ["pre/2"]));

        Assert.Equal("2", grain.ETag);
        Assert.Equal("second", (await Silo.Activate("p/a/1")).State.Text);
        Assert.Equal(["pre/2"], await IndexRows());
        await grain.Write(s => s.Text = "third");
        Assert.Equal("3", grain.ETag);
    }

    [Fact]
    public async Task A_clear_whose_answer_was_lost_is_recognised()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Names = ["pre/1"]);
        Silo.Database.LoseAfter(1);
        await grain.Clear();

        Assert.Null(grain.ETag);
        Assert.Empty(await Database.Query("SELECT grain_key FROM grain_state"));
        Assert.Empty(await IndexRows());
    }

    [Fact]
    public async Task After_a_lost_answer_another_s_write_is_not_taken_for_ours()
    {
        var grain = await Silo.Activate("p/a/1");
        await grain.Write(s => s.Text = "ours, 1");
        await using var other = await StorageOfSilo.Start(Database);
        Silo.Database.Meanwhile = async () =>
            await (await other.Activate("p/a/1")).Write(s => s.Text = "theirs, 3");
        Silo.Database.LoseAfter(1);

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write(s => s.Text = "ours, 2"));
        Assert.Equal("theirs, 3", (await Silo.Activate("p/a/1")).State.Text);
    }

    [Fact]
    public async Task A_database_that_stays_away_fails_the_write_and_is_used_again_when_it_is_back()
    {
        await using var silo = await StorageOfSilo.Start(Database, o => o.Retries = 3);
        var grain = await silo.Activate("p/a/1");
        silo.Database.LoseBefore(3);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() =>
            grain.Write(s => s.Text = "lost")
        );
        Assert.Contains("3 tries", error.Message, StringComparison.Ordinal);
        await grain.Write(s => s.Text = "back");
        Assert.Equal("back", (await silo.Activate("p/a/1")).State.Text);
    }
}
