using ClearanceEngine.Silo.Storage;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Storage;

public sealed class IndexCacheTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_is_old_is_looked_up_again()
    {
        var cache = Cache();
        cache.Remember("pay/1", ["p/a/1"], cache.Mark("pay/1"));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(["p/a/1"], cache.Find("pay/1")!);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(cache.Find("pay/1"));
    }

    [Fact]
    public void A_look_up_that_was_overtaken_by_a_change_is_not_remembered()
    {
        var cache = Cache();
        var mark = cache.Mark("pay/1");
        cache.Changed(["pay/1"]);
        cache.Remember("pay/1", ["stale"], mark);
        Assert.Null(cache.Find("pay/1"));
    }

    [Fact]
    public void It_is_bounded_and_keeps_what_is_asked_for()
    {
        var cache = Cache(size: 100);
        cache.Remember("pay/hot", ["p/a/1"], cache.Mark("pay/hot"));
        for (var i = 0; i < 1000; i++)
        {
            cache.Remember($"pay/{i}", ["p"], cache.Mark($"pay/{i}"));
            Assert.NotNull(cache.Find("pay/hot"));
        }
        Assert.InRange(Enumerable.Range(0, 1000).Count(i => cache.Find($"pay/{i}") is not null), 1, 100);
    }

    IndexCache Cache(int size = 100) =>
        new(new StorageOptions { IndexCacheSize = size, IndexCacheTime = TimeSpan.FromSeconds(30) }, _time);
}
