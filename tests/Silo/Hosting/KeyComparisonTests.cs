using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Hosting;

/// <summary>Which keys a database takes, which it refuses, and what its operator reads.</summary>
public sealed class KeyComparisonTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 29, 4, 0, 0, TimeSpan.Zero);

    static readonly EngineKey People = new("Identity:HmacKey", null, "aa", IsInUse: true),
        First = new("Storage:Keys:Ring:1", null, "bb", IsInUse: true),
        Second = new("Storage:Keys:Ring:2", null, "cc", IsInUse: true);

    [Fact]
    public void An_empty_database_takes_the_keys_that_it_is_given()
    {
        var verdict = Compare([], People, First, Second with { IsInUse = false });

        Assert.Empty(verdict.Faults);
        Assert.Equal([Known(People), Known(First), Known(Second, inUse: false)], verdict.Known);
    }

    [Fact]
    public void The_same_keys_are_taken_again_and_keep_their_time()
    {
        DatabaseKey[] known = [Known(People) with { Since = 1 }, Known(First) with { Since = 1 }];
        var verdict = Compare(known, People, First);

        Assert.Empty(verdict.Faults);
        Assert.Equal(known, verdict.Known);
    }

    [Fact]
    public void The_ring_grows_and_a_key_that_becomes_current_is_in_use_for_ever()
    {
        var added = Compare([Known(People), Known(First)], People, First, Second with { IsInUse = false });
        var current = Compare(added.Known, People, First with { IsInUse = false }, Second);

        Assert.Empty(added.Faults);
        Assert.Empty(current.Faults);
        Assert.Equal([Known(People), Known(First), Known(Second)], current.Known);
    }

    [Theory]
    [InlineData("Identity:HmacKey", "keys forget Identity:HmacKey", "年度额度")]
    [InlineData("Storage:Keys:Ring:1", "a number of its own", "新的编号")]
    public void Another_key_under_a_known_name_is_refused(string name, string remedy, string chinese)
    {
        EngineKey[] ours = [People, First];
        var verdict = Compare(
            [Known(People), Known(First)],
            [.. ours.Select(o => o.Name == name ? o with { Fingerprint = "dd" } : o)]
        );

        var fault = Assert.Single(verdict.Faults);
        Assert.StartsWith(
            $"{name} 不是 the database 自 2026-11-29 12:00 +08:00 起",
            fault,
            StringComparison.Ordinal
        );
        foreach (var part in (string[])["fingerprint dd", remedy, chinese, "docs/howto/keys.md"])
            Assert.Contains(part, fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
    }

    [Fact]
    public void A_key_of_the_ring_that_rows_need_must_be_there_and_one_that_none_needs_may_go()
    {
        DatabaseKey[] known = [Known(People), Known(First), Known(Second, inUse: false)];

        Assert.Empty(Compare(known, People, First).Faults);
        var fault = Assert.Single(Compare(known, People, Second).Faults);
        Assert.StartsWith("缺少密钥 Storage:Keys:Ring:1（指纹 bb）", fault, StringComparison.Ordinal);
        Assert.Contains("Add it again", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once_and_nothing_is_entered()
    {
        DatabaseKey[] known = [Known(People), Known(First)];
        var verdict = Compare(known, People with { Fingerprint = "dd", File = "data/keys.json" }, Second);

        Assert.Equal(2, verdict.Faults.Count);
        Assert.Contains("the one from data/keys.json", verdict.Faults[0], StringComparison.Ordinal);
        Assert.Equal(known, verdict.Known);
    }

    /// <summary>What a later version enters is not for this one to judge.</summary>
    [Fact]
    public void A_key_that_this_engine_does_not_know_of_stays()
    {
        DatabaseKey[] known = [Known(People), Known(First), new("Later:Key", "ee", 1, InUse: true)];
        var verdict = Compare(known, People, First);

        Assert.Empty(verdict.Faults);
        Assert.Equal(known, verdict.Known);
    }

    static KeyVerdict Compare(IReadOnlyList<DatabaseKey> known, params EngineKey[] ours) =>
        new KeyComparison("the database", Now).Compare(known, ours);

    static DatabaseKey Known(EngineKey key, bool inUse = true) =>
        new(key.Name, key.Fingerprint, Now.ToUnixTimeMilliseconds(), inUse);
}
