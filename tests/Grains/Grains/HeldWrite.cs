namespace ClearanceEngine.Tests.Grains;

/// <summary>What becomes of a write.</summary>
enum Fate
{
    Done,

    /// <summary>It fails and nothing is stored.</summary>
    LostBefore,

    /// <summary>It is stored, but its caller hears of a failure.</summary>
    LostAfter,
}

/// <summary>A write that waits until its test says what becomes of it.</summary>
sealed class HeldWrite
{
    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<Fate> _fate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the write has come and waits here.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void Release(Fate fate = Fate.Done) => _fate.TrySetResult(fate);

    public Task<Fate> Arrive()
    {
        _reached.TrySetResult();
        return _fate.Task;
    }
}
