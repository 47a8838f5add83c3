using ClearanceEngine.Silo.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace ClearanceEngine.Tests.Dispatch;

/// <summary>What failed is left alone for a while; then one tries, and the others follow when it gets through.</summary>
public sealed class BreakerTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly FakeTimeProvider _time = new(Given.Noon);
    readonly Breaker _breaker;

    public BreakerTests() => _breaker = new Breaker(Second, 4 * Second, _time);

    [Fact]
    public void While_nothing_fails_everything_passes()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(_breaker.TryPass(out var ticket));
            Assert.False(_breaker.Succeeded(ticket));
        }
        Assert.Null(_breaker.Open);
    }

    [Fact]
    public void A_failure_stops_all_until_one_probe_gets_through()
    {
        _breaker.TryPass(out var ticket);
        Assert.True(_breaker.Failed(ticket, "no such topic"));
        Assert.Equal(new Break("no such topic", Given.Noon), _breaker.Open);
        Assert.False(_breaker.MayPass());
        Assert.False(_breaker.TryPass(out _));

        _time.Advance(Second);
        Assert.True(_breaker.MayPass());
        Assert.True(_breaker.TryPass(out var probe));
        Assert.False(_breaker.MayPass());
        Assert.False(_breaker.TryPass(out _)); // one at a time
        Assert.True(_breaker.Succeeded(probe));
        Assert.True(_breaker.TryPass(out _));
        Assert.Null(_breaker.Open);
    }

    [Fact]
    public void Each_probe_that_fails_doubles_the_wait_up_to_the_longest()
    {
        _breaker.TryPass(out var ticket);
        _breaker.Failed(ticket, "away");
        foreach (var wait in (int[])[1, 2, 4, 4])
        {
            _time.Advance((wait * Second) - TimeSpan.FromMilliseconds(1));
            Assert.False(_breaker.TryPass(out _));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(_breaker.TryPass(out var probe));
            Assert.False(_breaker.Failed(probe, "still away"));
        }
        Assert.Equal(Given.Noon, _breaker.Open!.Since);

        _time.Advance(4 * Second);
        _breaker.TryPass(out var last);
        _breaker.Succeeded(last);
        _breaker.TryPass(out var again);
        _breaker.Failed(again, "away");
        _time.Advance(Second);
        Assert.True(_breaker.MayPass()); // mended in between: it begins anew
    }

    [Fact]
    public void What_began_before_speaks_for_what_is_over()
    {
        _breaker.TryPass(out var first);
        _breaker.TryPass(out var second);
        _breaker.TryPass(out var third);
        _breaker.Failed(first, "away");
        Assert.False(_breaker.Failed(second, "away")); // no second opening, no longer wait
        Assert.False(_breaker.Succeeded(third));
        Assert.NotNull(_breaker.Open);
        _time.Advance(Second);
        Assert.True(_breaker.MayPass());
    }

    [Fact]
    public void A_probe_that_was_given_up_lets_the_next_one_pass()
    {
        _breaker.TryPass(out var ticket);
        _breaker.Failed(ticket, "away");
        _time.Advance(Second);
        Assert.True(_breaker.TryPass(out var probe));
        _breaker.GaveUp(probe);
        Assert.True(_breaker.TryPass(out var next));
        _breaker.GaveUp(probe); // an old one frees nothing
        Assert.False(_breaker.MayPass());
        Assert.True(_breaker.Succeeded(next));
    }
}
