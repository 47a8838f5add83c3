using ClearanceEngine.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Storage;

/// <summary>When a grain writes, and what is in it. Everything runs on one scheduler, as in a grain.</summary>
public sealed class SharedWriteTests
{
    readonly FakeTimeProvider _time = new();
    readonly TaskFactory _grain = new(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
    readonly List<string> _written = [];
    readonly SharedWrite _write;
    string _state = "";
    bool _broken, _ended;

    public SharedWriteTests() => _write = new SharedWrite(Write, () => _ended = true, TimeSpan.FromSeconds(1), _time);

    [Fact]
    public async Task What_may_wait_is_written_within_the_patience_together()
    {
        var (a, b) = (await Change("a", mayWait: true), await Change("b", mayWait: true));
        await Quiet();
        Assert.Empty(_written);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await Quiet();
        Assert.Empty(_written);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(a, b);
        Assert.Equal(["ab"], _written);
    }

    [Fact]
    public async Task What_is_urgent_takes_with_it_what_waits()
    {
        var (a, b) = (await Change("a", mayWait: true), await Change("b", mayWait: false));
        await Task.WhenAll(a, b);
        Assert.Equal(["ab"], _written);
        // The time of the first does not count for what waits after it.
        _time.Advance(TimeSpan.FromMilliseconds(500));
        var c = await Change("c", mayWait: true);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Quiet();
        Assert.False(c.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await c;
        Assert.Equal(["ab", "abc"], _written);
    }

    [Fact]
    public async Task Whoever_reads_what_waits_waits_too_or_has_it_written()
    {
        await Change("a", mayWait: true);
        var patient = await _grain.StartNew(() => _write.Settled());
        await Quiet();
        Assert.False(patient.IsCompleted);
        await await _grain.StartNew(() => _write.Settled(mayWait: false));
        await patient;
        Assert.Equal(["a"], _written);
        Assert.True((await _grain.StartNew(() => _write.Settled(mayWait: false))).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task After_a_failed_write_nothing_is_written_and_everybody_is_told()
    {
        _broken = true;
        var (waiting, urgent) = (await Change("a", mayWait: true), await Change("b", mayWait: false));
        await Assert.ThrowsAsync<IOException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(() => urgent);
        Assert.True(_ended);
        _broken = false;
        await Assert.ThrowsAsync<IOException>(async () => await await Change("c", mayWait: false));
        await Assert.ThrowsAsync<IOException>(async () => await await _grain.StartNew(() => _write.Settled()));
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Who_changes_during_a_write_that_fails_is_told_as_well()
    {
        _broken = true;
        var held = new TaskCompletionSource();
        var write = new SharedWrite(async () => { await held.Task; await Write(); }, () => _ended = true, TimeSpan.FromSeconds(1), _time);
        var first = await _grain.StartNew(() => write.Changed());
        await Quiet();
        var (urgent, waiting) = (await _grain.StartNew(() => write.Changed()), await _grain.StartNew(() => write.Changed(mayWait: true)));
        held.SetResult();
        foreach (var task in (Task[])[first, urgent, waiting]) await Assert.ThrowsAsync<IOException>(() => task);
        Assert.Empty(_written);
    }

    Task<Task> Change(string what, bool mayWait) => _grain.StartNew(() =>
    {
        _state += what;
        return _write.Changed(mayWait);
    });

    Task Write()
    {
        if (_broken) return Task.FromException(new IOException("the store is away"));
        _written.Add(_state);
        return Task.CompletedTask;
    }

    /// <summary>Whatever could run has run.</summary>
    async Task Quiet()
    {
        for (var i = 0; i < 20; i++) await await _grain.StartNew(async () => await Task.Yield());
    }
}
