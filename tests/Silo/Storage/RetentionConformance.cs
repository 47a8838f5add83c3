using System.Text;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Silo.Storage.Retention;
using ClearanceEngine.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Storage;

/// <summary>What leaving for the archive promises, whatever the database.</summary>
public abstract class RetentionConformance : DatabaseTest
{
    static readonly DateTimeOffset Spring = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Spring);
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("clearance-archive-");
    StorageOfSilo _silo = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _silo = await StorageOfSilo.Start(Database, time: _time);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
        _directory.Delete(recursive: true);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_rested_long_enough_leaves_with_all_that_goes_with_it_and_comes_back_as_it_was()
    {
        await Write("p/a/1", "old", "wb/1", "inv/1");
        await _silo.Log.Claim(Message("G1", "p/a/1"));
        await _silo.Log.Finished("G1");
        _time.Advance(TimeSpan.FromDays(100));
        await Write("p/a/2", "young", "wb/2");

        Assert.Equal((1, 1), await Retire());
        Assert.Equal(["p/a/2"], await Rows("SELECT grain_key FROM grain_state"));
        Assert.Equal(["wb/2"], await Rows("SELECT index_key FROM document_index"));
        Assert.Empty(
            await Rows("SELECT guid FROM outbound_member UNION ALL SELECT guid FROM outbound_message")
        );
        Assert.False((await _silo.Activate("p/a/1")).Holder.RecordExists);

        var row = await new Archive(_directory.FullName).Find("p/a/1", CancellationToken.None);
        Assert.Equal(["inv/1", "wb/1"], row!.IndexKeys);
        Assert.Equal(new SentEffect("order/1", "G1"), Assert.Single(row.Sent));
        Assert.True(await _silo.Database.Restore(row));
        Assert.False(await _silo.Database.Restore(row));
        var back = await _silo.Activate("p/a/1");
        Assert.Equal("old", back.State.Text);
        await back.Write(s => s.Text = "goes on");
        Assert.Equal(["inv/1", "wb/1", "wb/2"], await Rows("SELECT index_key FROM document_index"));
        Assert.Equal(["G1"], await Rows("SELECT guid FROM outbound_member"));
        Assert.Equal((0, 0), await Retire());
    }

    [Fact]
    public async Task A_journal_leaves_with_its_row_and_comes_back_with_it()
    {
        await Append("p/a/1", 0, "first");
        await Append("p/a/1", 1, "second");
        await Append("p/a/2", 0, "of another");
        await Append("p/a/2", 1, null, rests: false);
        _time.Advance(TimeSpan.FromDays(100));

        Assert.Equal((1, 0), await Retire());
        Assert.Equal(["p/a/2"], await Rows("SELECT grain_key FROM grain_journal"));

        var row = await new Archive(_directory.FullName).Find("p/a/1", CancellationToken.None);
        Assert.Equal([1L, 2L], row!.Journal.Select(j => j.Version));
        Assert.Equal(["first", "second"], row.Journal.Select(j => Encoding.UTF8.GetString(j.Payload)));
        Assert.True(await _silo.Database.Restore(row));
        await Append("p/a/1", 2, "goes on");

        var back = Assert.Single(await _silo.Database.Read([new RowKey("test", "p/a/1")]));
        Assert.Equal(["first", "second", "goes on"], back!.Journal.Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task Who_owes_or_does_not_end_stays()
    {
        await (await _silo.Activate("p/a/1")).Write(s => s.OutboxDueAt = Spring.AddYears(5));
        await (await _silo.Activate<PlainState>("s/a", "plain")).Write();
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.Equal((0, 0), await Retire());
        Assert.Equal(2, (await Rows("SELECT grain_key FROM grain_state")).Count);
    }

    [Fact]
    public async Task A_write_begins_the_rest_anew()
    {
        await Write("p/a/1", "x");
        _time.Advance(TimeSpan.FromDays(89));
        await Write("p/a/1", "y");
        _time.Advance(TimeSpan.FromDays(89));
        Assert.Equal((0, 0), await Retire());
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal((1, 0), await Retire());
    }

    [Fact]
    public async Task What_the_archive_did_not_take_stays()
    {
        await Write("p/a/1", "x", "wb/1");
        _time.Advance(TimeSpan.FromDays(100));
        var file = Path.Combine(_directory.FullName, "taken");
        await File.WriteAllTextAsync(file, "");
        await Assert.ThrowsAnyAsync<IOException>(() => Service(file).Run(CancellationToken.None));
        Assert.Equal(["wb/1"], await Rows("SELECT index_key FROM document_index"));
        Assert.Equal((1, 0), await Retire());
    }

    [Fact]
    public async Task A_lost_connection_after_the_file_was_written_loses_and_doubles_nothing()
    {
        await Write("p/a/1", "x");
        _time.Advance(TimeSpan.FromDays(100));
        _silo.Database.LoseAfter(1);
        await Assert.ThrowsAnyAsync<Exception>(Retire);
        Assert.Equal((0, 0), await Retire());
        Assert.NotNull(await new Archive(_directory.FullName).Find("p/a/1", CancellationToken.None));
    }

    [Fact]
    public async Task Silos_share_the_work()
    {
        for (var i = 0; i < 40; i++)
            await Write($"p/a/{i}", "x", $"wb/{i}");
        _time.Advance(TimeSpan.FromDays(100));
        await using var other = Database.Open();
        var archive = new Archive(_directory.FullName);
        Task<int> Some(IStateDatabase database) =>
            database.Retire(
                Days.Of(_time.GetUtcNow()),
                30,
                rows => archive.Write(rows, _time.GetUtcNow(), CancellationToken.None),
                CancellationToken.None
            );
        await Task.WhenAll(Some(_silo.Database), Some(other));
        while (await Some(other) > 0) { }
        Assert.Empty(await Rows("SELECT grain_key FROM grain_state"));
        for (var i = 0; i < 40; i++)
            Assert.Equal([$"wb/{i}"], (await archive.Find($"p/a/{i}", CancellationToken.None))!.IndexKeys);
    }

    [Fact]
    public async Task A_message_is_kept_as_long_as_one_of_its_parcels()
    {
        await Write("p/a/1", "x");
        await _silo.Log.Claim(Message("G1", "p/a/1", "p/a/2"));
        await _silo.Log.Finished("G1");
        await _silo.Log.Claim(Message("G2", "p/a/3"));
        _time.Advance(TimeSpan.FromDays(100));
        await Write("p/a/2", "x");
        Assert.Equal((1, 0), await Retire());
        Assert.Equal(["G1", "G2"], await Rows("SELECT guid FROM outbound_message"));
        _time.Advance(TimeSpan.FromDays(100));
        Assert.Equal((1, 1), await Retire());
        Assert.Equal(["G2"], await Rows("SELECT guid FROM outbound_message")); // never finished: it goes again
    }

    [Fact]
    public async Task The_archive_shows_no_state_in_clear_and_says_when_a_file_was_cut_off()
    {
        await Write("p/a/1", "110101199003070011");
        _time.Advance(TimeSpan.FromDays(100));
        await Retire();
        var file = Assert.Single(_directory.GetFiles("*.jsonl.gz", SearchOption.AllDirectories));
        Assert.Equal("2026-05-01", file.Directory!.Name);
        using (
            var text = new StreamReader(
                new System.IO.Compression.GZipStream(
                    file.OpenRead(),
                    System.IO.Compression.CompressionMode.Decompress
                ),
                Encoding.UTF8
            )
        )
            Assert.DoesNotContain(
                "110101199003070011",
                await text.ReadToEndAsync(),
                StringComparison.Ordinal
            );

        var bytes = await File.ReadAllBytesAsync(file.FullName);
        const int packedEnd = 64; // the line with the number, and what gzip adds
        for (var length = 0; length < bytes.Length - packedEnd; length += 7)
        {
            await File.WriteAllBytesAsync(file.FullName, bytes[..length]);
            var error = await Assert.ThrowsAsync<InvalidDataException>(() =>
                new Archive(_directory.FullName).Find("p/a/1", CancellationToken.None)
            );
            Assert.Contains("backup", error.Message, StringComparison.Ordinal);
        }
        Assert.Null(await new Archive(_directory.FullName).Find("p/a/9", CancellationToken.None));
    }

    [Fact]
    public async Task Rows_go_only_when_files_and_directories_are_on_the_disk()
    {
        await Write("p/a/1", "x");
        _time.Advance(TimeSpan.FromDays(100));
        var disk = new RecordingDisk(() => Database.Query("SELECT grain_key FROM grain_state"));
        await Service(_directory.FullName, disk).Run(CancellationToken.None);

        Assert.Equal(
            [".keys", ".gz", "2026-05-01", _directory.Name, _directory.Parent!.Name],
            disk.Synced.Select(s => s.What)
        );
        Assert.All(disk.Synced, s => Assert.Equal(1, s.RowsInStore));
        Assert.Empty(await Rows("SELECT grain_key FROM grain_state"));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_synced_keeps_the_rows()
    {
        var error = Assert.Throws<IOException>(() =>
            new DurableFiles().SyncDirectory(Path.Combine(_directory.FullName, "gone"))
        );
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);

        await Write("p/a/1", "x");
        _time.Advance(TimeSpan.FromDays(100));
        await Assert.ThrowsAsync<IOException>(() =>
            Service(_directory.FullName, new FullDisk()).Run(CancellationToken.None)
        );
        Assert.Equal(["p/a/1"], await Rows("SELECT grain_key FROM grain_state"));
    }

    [Fact]
    public async Task Messages_that_stay_are_not_read_again_each_time()
    {
        const int pinned = 25;
        await (await _silo.Activate("p/pin")).Write(s => s.OutboxDueAt = Spring.AddYears(5));
        for (var i = 0; i < pinned; i++)
            await Finished($"PIN-{i:00}", new OutboundMember("p/pin", $"order/{i}"));
        _time.Advance(TimeSpan.FromDays(50));
        await Write("p/a/1", "x");
        await Finished("LATER", new OutboundMember("p/a/1", "order/1"));
        _time.Advance(TimeSpan.FromDays(41));
        var service = Service(_directory.FullName);

        Assert.Equal((0, 0), await service.Run(CancellationToken.None));
        Assert.Equal(pinned, _silo.Database.LookedAt);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 0), await service.Run(CancellationToken.None));
        Assert.Equal(pinned, _silo.Database.LookedAt);

        // What grew old meanwhile is looked at; those that stay, in the next round.
        _time.Advance(TimeSpan.FromDays(51) - TimeSpan.FromHours(2));
        Assert.Equal((1, 1), await service.Run(CancellationToken.None));
        Assert.Equal(2 * pinned + 1, _silo.Database.LookedAt);
    }

    async Task Finished(string guid, OutboundMember member)
    {
        await _silo.Log.Claim(
            new OutboundMessage(guid, "CEB311", "1", [member], "bytes"u8.ToArray(), _time.GetUtcNow())
        );
        await _silo.Log.Finished(guid);
    }

    async Task Append(string key, long version, string? line, bool rests = true)
    {
        int? rest = rests ? Days.Of(_time.GetUtcNow()) : null;
        var journal = line is null ? null : Encoding.UTF8.GetBytes(line);
        var write = new RowWrite(
            new RowKey("test", key),
            version,
            null,
            Guid.NewGuid(),
            "state"u8.ToArray(),
            null,
            null,
            rest,
            [],
            [],
            journal
        );
        var won = await _silo.Database.Commit([write]);
        Assert.True(won[0]);
    }

    async Task Write(string key, string text, params string[] names) =>
        await (await _silo.Activate(key)).Write(s => (s.Text, s.Names) = (text, [.. names]));

    RetentionService Service(string directory, IDurableFiles? files = null) =>
        new(
            new RetentionOptions
            {
                After = TimeSpan.FromDays(90),
                Directory = directory,
                Pause = TimeSpan.Zero,
                BatchSize = 10,
            },
            _silo.Database,
            new Archive(directory, files ?? new DurableFiles()),
            new IndexCache(Database.Options(), _time),
            _time,
            NullLogger<RetentionService>.Instance
        );

    Task<(int Rows, int Messages)> Retire() => Service(_directory.FullName).Run(CancellationToken.None);

    OutboundMessage Message(string guid, params string[] parcels) =>
        new(
            guid,
            "CEB311",
            "1",
            [.. parcels.Select(p => new OutboundMember(p, "order/1"))],
            "bytes"u8.ToArray(),
            _time.GetUtcNow()
        );

    async Task<List<string>> Rows(string sql) =>
        [.. (await Database.Query(sql)).Select(r => (string)r[0]).Order(StringComparer.Ordinal)];

    /// <summary>What was made durable, in order, and how many rows the store still had.</summary>
    sealed class RecordingDisk(Func<Task<List<object[]>>> store) : IDurableFiles
    {
        readonly DurableFiles _inner = new();

        public List<(string What, int RowsInStore)> Synced { get; } = [];

        public void SyncFile(FileStream file)
        {
            _inner.SyncFile(file);
            Add(Path.GetExtension(file.Name));
        }

        public void SyncDirectory(string path)
        {
            _inner.SyncDirectory(path);
            Add(Path.GetFileName(path));
        }

        void Add(string what) => Synced.Add((what, store().GetAwaiter().GetResult().Count));
    }

    sealed class FullDisk : IDurableFiles
    {
        public void SyncFile(FileStream file) { }

        public void SyncDirectory(string path) => throw new IOException("the disk is full");
    }
}
