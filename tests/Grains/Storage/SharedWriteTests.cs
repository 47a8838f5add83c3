using ClearanceEngine.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Storage;

/// <summary>When a grain writes, and what is in it. Everything runs on one scheduler, as in a grain.</summary>
public sealed class SharedWriteTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly FakeTimeProvider _time = new();
    readonly TaskFactory _grain = new(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
    readonly List<string> _written = [];
    readonly SharedWrite _write;
    string _state = "";
    bool _broken,
        _ended;

    public SharedWriteTests() => _write = new SharedWrite(Write, () => _ended = true, _time);

    [Fact]
    public async Task What_may_wait_is_written_within_the_patience_together()
    {
        var (a, b) = (await Change("a", Second), await Change("b", Second));
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
        var (a, b) = (await Change("a", Second), await Change("b", default));
        await Task.WhenAll(a, b);
        Assert.Equal(["ab"], _written);
        // The time of the first does not count for what waits after it.
        _time.Advance(TimeSpan.FromMilliseconds(500));
        var c = await Change("c", Second);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Quiet();
        Assert.False(c.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await c;
        Assert.Equal(["ab", "abc"], _written);
    }

    [Fact]
    public async Task The_least_patient_says_when()
    {
        var (a, b, c) = (
            await Change("a", Second * 5),
            await Change("b", Second),
            await Change("c", Second * 3)
        );
        _time.Advance(Second);
        await Task.WhenAll(a, b, c);
        Assert.Equal(["abc"], _written);
        _time.Advance(Second * 5);
        await Quiet();
        Assert.Single(_written);
    }

    [Fact]
    public async Task Whoever_reads_what_waits_waits_too_or_has_it_written()
    {
        await Change("a", Second);
        var patient = await _grain.StartNew(() => _write.Settled());
        await Quiet();
        Assert.False(patient.IsCompleted);
        await await _grain.StartNew(() => _write.Settled(atOnce: true));
        await patient;
        Assert.Equal(["a"], _written);
        Assert.True((await _grain.StartNew(() => _write.Settled(atOnce: true))).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task After_a_failed_write_nothing_is_written_and_everybody_is_told()
    {
        _broken = true;
        var (waiting, urgent) = (await Change("a", Second), await Change("b", default));
        await Assert.ThrowsAsync<IOException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(() => urgent);
        Assert.True(_ended);
        _broken = false;
        await Assert.ThrowsAsync<IOException>(async () => await await Change("c", default));
        await Assert.ThrowsAsync<IOException>(async () =>
            await await _grain.StartNew(() => _write.Settled())
        );
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Who_changes_during_a_write_that_fails_is_told_as_well()
    {
        _broken = true;
        var held = new TaskCompletionSource();
        var write = new SharedWrite(
            async () =>
            {
                await held.Task;
                await Write();
            },
            () => _ended = true,
            _time
        );
        var first = await _grain.StartNew(() => write.Changed());
        await Quiet();
        var (urgent, waiting) = (
            await _grain.StartNew(() => write.Changed()),
            await _grain.StartNew(() => write.Changed(Second))
        );
        held.SetResult();
        foreach (var task in (Task[])[first, urgent, waiting])
            await Assert.ThrowsAsync<IOException>(() => task);
        Assert.Empty(_written);
    }

    Task<Task> Change(string what, TimeSpan patience) =>
        _grain.StartNew(() =>
        {
            _state += what;
            return _write.Changed(patience);
        });

    Task Write()
    {
        if (_broken)
            return Task.FromException(new IOException("the store is away"));
        _written.Add(_state);
        return Task.CompletedTask;
    }

    /// <summary>Whatever could run has run.</summary>
    async Task Quiet()
    {
        for (var i = 0; i < 20; i++)
            await await _grain.StartNew(async () => await Task.Yield());
    }
}
