using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What a database promises of the keys that it knows, whatever the database.</summary>
public abstract class DatabaseKeyConformance : StorageTest
{
    static readonly DatabaseKey People = new("Identity:HmacKey", "aa", 1_000, InUse: true),
        First = new("Storage:Keys:Ring:1", "bb", 1_000, InUse: true),
        Second = new("Storage:Keys:Ring:2", "cc", 2_000, InUse: false);

    IStateDatabase Keys => Silo.Database;

    [Fact]
    public async Task What_is_entered_is_known_afterwards_and_what_is_left_out_is_forgotten()
    {
        await Keys.ChangeKeys(known => [.. known, People, First, Second]);
        Assert.Equal([People, First, Second], await Known());

        await Keys.ChangeKeys(known => [known[0], known[2] with { InUse = true }]);
        Assert.Equal([People, Second with { InUse = true }], await Known());
    }

    [Fact]
    public async Task A_change_that_throws_changes_nothing()
    {
        await Keys.ChangeKeys(_ => [People]);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Keys.ChangeKeys(_ => throw new InvalidOperationException("refused"))
        );
        Assert.Equal([People], await Known());
    }

    /// <summary>Whoever comes second reads what the first has entered.</summary>
    [Fact]
    public async Task Of_silos_that_enter_different_keys_at_once_exactly_one_is_first()
    {
        await using var other = await StorageOfSilo.Start(Database);
        IStateDatabase[] silos = [Keys, other.Database];

        var firsts = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => Enter(silos[i % 2], i)))
        );

        Assert.Equal(1, firsts.Count(f => f));
        Assert.Single(await Known());

        static async Task<bool> Enter(IStateDatabase database, int number)
        {
            var isFirst = false;
            await database.ChangeKeys(known =>
            {
                isFirst = known.Count == 0;
                return isFirst ? [People with { Fingerprint = $"{number}" }] : known;
            });
            return isFirst;
        }
    }

    [Fact]
    public async Task What_needs_a_key_is_found()
    {
        Assert.False(await Keys.HasRows(["subscriber", "test"]));
        Assert.False(await Keys.IsEncryptedWith(1));
        await (await Silo.Activate("p/a/1")).Write(s => s.Text = "something");

        Assert.True(await Keys.HasRows(["subscriber", "test"]));
        Assert.False(await Keys.HasRows(["subscriber"]));
        Assert.True(await Keys.IsEncryptedWith(1));
        Assert.False(await Keys.IsEncryptedWith(2));
    }

    [Fact]
    public async Task A_key_that_only_journals_need_is_found()
    {
        var write = new RowWrite(
            new RowKey("test", "p/a/1"),
            0,
            null,
            Guid.NewGuid(),
            Payload: [1, 0],
            OutboxDueAt: null,
            TimeDueAt: null,
            RestDay: null,
            AddedKeys: [],
            RemovedKeys: [],
            Journal: [2, 0]
        );
        await Keys.Commit([write]);

        Assert.True(await Keys.IsEncryptedWith(2));
        Assert.False(await Keys.IsEncryptedWith(3));
    }

    async Task<IReadOnlyList<DatabaseKey>> Known()
    {
        IReadOnlyList<DatabaseKey> found = [];
        await Keys.ChangeKeys(known => found = known);
        return found;
    }
}
