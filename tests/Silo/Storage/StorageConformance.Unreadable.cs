using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Storage;

namespace ClearanceEngine.Tests.Storage;

/// <summary>A row that cannot be read delays its own grain.</summary>
public abstract partial class StorageConformance
{
    const string Newer = "p/bad/format",
        Unknown = "p/bad/content",
        OtherKey = "p/bad/key",
        Changed = "p/bad/bytes",
        Damaged = "p/bad/page";

    [Fact]
    public async Task A_row_that_cannot_be_read_fails_its_own_grain_and_says_what_to_do()
    {
        await WriteUnreadable();
        var good = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Silo.Activate($"p/good/{i}")));
        await Task.WhenAll(good.Select(g => g.Write(s => s.Text = "fine")));

        await using var other = await StorageOfSilo.Start(Database, o => o.Writers = 1);
        other.Database.Damaged = new RowKey("test", Damaged);
        other.Database.HoldReads();
        var first = other.Activate("p/good/0"); // occupies the reader, so that the rest is one batch
        await Until(() => !other.Database.Reads.IsEmpty, () => "nothing was read");
        var read = Enumerable.Range(1, 11).Select(i => other.Activate($"p/good/{i}")).ToList();
        var bad = new[] { Newer, Unknown, OtherKey, Changed, Damaged }.ToDictionary(k => k, other.Activate);
        other.Database.LetGo();

        Assert.All(await Task.WhenAll([first, .. read]), g => Assert.Equal("fine", g.State.Text));
        Assert.Contains(16, other.Database.Reads);
        await Says(bad[Newer], Newer, "unknown format 99", "upgrade this one");
        await Says(bad[Unknown], Unknown, "content that this engine does not know", "upgrade this one");
        await Says(bad[OtherKey], OtherKey, "needs key 7", "Storage:Keys:Ring");
        await Says(bad[Changed], Changed, "does not decrypt with key 1", "backup");
        await Says(bad[Damaged], Damaged, "invalid page");
    }

    [Fact]
    public async Task Scans_and_the_index_go_on_beside_a_row_that_cannot_be_read()
    {
        await WriteUnreadable();
        await (await Silo.Activate("p/good/1")).Write(s =>
            (s.OutboxDueAt, s.Names) = (DateTimeOffset.UnixEpoch.AddSeconds(9), ["wb/good"])
        );

        var due = await Silo.Due.Due(DueFor.Outbox, DateTimeOffset.UnixEpoch.AddMinutes(1), null, 10);
        Assert.Contains(due, d => d.GrainKey == "p/good/1");
        Assert.Equal(4, due.Count(d => d.GrainKey.StartsWith("p/bad/", StringComparison.Ordinal)));
        var found = await Silo.Index.Find(["wb/good", $"wb/{Newer}"], fresh: true);
        Assert.Equal(["p/good/1"], found["wb/good"]);
        Assert.Equal([Newer], found[$"wb/{Newer}"]);
    }

    static async Task Says(Task<Activation<TestState>> activation, string key, params string[] words)
    {
        var error = await Assert.ThrowsAsync<UnreadableStateException>(() => activation);
        Assert.All([key, .. words], w => Assert.Contains(w, error.Message, StringComparison.Ordinal));
    }

    /// <summary>Due rows with a name each, as no engine of today writes them.</summary>
    async Task WriteUnreadable()
    {
        var protection = new StateProtection(Database.Options().Keys);
        var others = new StateKeyOptions { Current = 7 };
        others.Ring["7"] = Convert.ToBase64String(new byte[32]);
        var changed = protection.Protect("x"u8, Place(Changed));
        changed[^1] ^= 1;

        await Silo.Database.Commit([
            Row(Newer, protection.Protect([99, 0, 0, 0, 0, 0, 0, 0, 0, 1], Place(Newer))),
            Row(Unknown, protection.Protect([3, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255], Place(Unknown))),
            Row(OtherKey, new StateProtection(others).Protect("x"u8, Place(OtherKey))),
            Row(Changed, changed),
        ]);

        static string Place(string key) => $"test\n{key}";

        static RowWrite Row(string key, byte[] payload) =>
            new(
                new RowKey("test", key),
                0,
                null,
                Guid.NewGuid(),
                payload,
                1000,
                null,
                null,
                [$"wb/{key}"],
                []
            );
    }
}
