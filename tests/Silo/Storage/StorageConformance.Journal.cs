using System.Text;
using ClearanceEngine.Silo.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What is appended beside a state: with its write, once, or not at all.</summary>
public abstract partial class StorageConformance
{
    static readonly RowKey Logged = new("test", "p/log/1");

    [Fact]
    public async Task Each_write_appends_to_the_journal_and_all_of_it_is_read_in_order()
    {
        var lines = Enumerable.Range(1, 12).Select(i => i == 5 ? null : $"line {i}").ToList();
        for (var version = 0; version < lines.Count; version++)
            await Commit(won: [true], [Append(version, lines[version])]);
        await Silo.Database.Commit([
            Append(0, null) with
            {
                Key = new RowKey("test", "p/log/2"),
            },
            Append(0, "another's") with
            {
                Key = new RowKey("other", Logged.GrainKey),
            },
        ]);

        Assert.Equal(lines.OfType<string>(), await Journal(Logged));
        Assert.Empty(await Journal(new RowKey("test", "p/log/2")));
        Assert.Equal(["another's"], await Journal(new RowKey("other", Logged.GrainKey)));
    }

    [Fact]
    public async Task A_write_that_lost_leaves_nothing_in_the_journal()
    {
        await Silo.Database.Commit([Append(0, "first")]);
        await Silo.Database.Commit([Append(1, null)]);
        var neighbour = Append(0, "beside it") with { Key = new RowKey("test", "p/log/2") };

        await Commit(won: [false], [Append(0, "too late to be the first")]);
        await Commit(won: [false, true], [Append(1, "too late"), neighbour]);
        var another = Append(2, "of a row that was made anew") with { Prior = Guid.NewGuid() };
        await Commit(won: [false], [another]);

        Assert.Equal(["first"], await Journal(Logged));
        Assert.Equal(["beside it"], await Journal(neighbour.Key));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_in_the_journal_once()
    {
        await Silo.Database.Commit([Append(0, "first")]);
        var second = Append(1, "second");
        Silo.Database.LoseAfter(1);
        await Assert.ThrowsAnyAsync<Exception>(() => Silo.Database.Commit([second]));
        await Commit(won: [true], [second]);
        Assert.Equal(["first", "second"], await Journal(Logged));

        // Lost again, and another writes before the repeat: what was appended stays, and is not appended once more.
        var third = Append(2, "third");
        Silo.Database.LoseAfter(1);
        await Assert.ThrowsAnyAsync<Exception>(() => Silo.Database.Commit([third]));
        await Silo.Database.Commit([Append(3, null)]);
        await Commit(won: [false], [third]);
        Assert.Equal(["first", "second", "third"], await Journal(Logged));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cleared_state_takes_its_journal_with_it_and_no_other(bool isIndexed)
    {
        var other = new RowKey("other", Logged.GrainKey);
        await Silo.Database.Commit([Append(0, "gone"), Append(0, "stays") with { Key = other }]);
        var clear = Append(1, null) with { Payload = null, RemovedKeys = isIndexed ? null : [] };

        await Commit(won: [false], [clear with { Expected = 7 }]);
        Assert.Equal(["gone"], await Journal(Logged));
        await Commit(won: [true], [clear]);
        Assert.Equal(1, await JournalRows());

        await Silo.Database.Commit([Append(0, "begins anew")]);
        Assert.Equal(["begins anew"], await Journal(Logged));
        Assert.Equal(["stays"], await Journal(other));
    }

    /// <summary>Each version appends one row: whoever reads a state with more or fewer sees two moments.</summary>
    [Fact]
    public async Task State_and_journal_are_read_as_of_one_moment()
    {
        const int versions = 200;
        await using var other = await StorageOfSilo.Start(Database);
        await Silo.Database.Commit([Append(0, "line 1")]);
        var writes = Task.Run(async () =>
        {
            for (var version = 1; version < versions; version++)
                await Silo.Database.Commit([Append(version, $"line {version + 1}")]);
        });

        StateRow row;
        do
        {
            row = Assert.Single(await other.Database.Read([Logged]))!;
            Assert.Equal(row.Version, row.Journal.Count);
        } while (row.Version < versions && !writes.IsFaulted);
        await writes;
    }

    static RowWrite Append(long version, string? line) =>
        new(
            Logged,
            version,
            null,
            Guid.NewGuid(),
            "state"u8.ToArray(),
            null,
            null,
            null,
            [],
            [],
            line is null ? null : Encoding.UTF8.GetBytes(line)
        );

    async Task Commit(bool[] won, RowWrite[] writes)
    {
        var outcome = await Silo.Database.Commit(writes);
        Assert.Equal(won, outcome);
    }

    async Task<IEnumerable<string>> Journal(RowKey key) =>
        Assert.Single(await Silo.Database.Read([key]))!.Journal.Select(Encoding.UTF8.GetString);

    async Task<int> JournalRows() => (await Database.Query("SELECT version FROM grain_journal")).Count;
}
