namespace ClearanceEngine.Tests.Grains;

/// <summary>A clock that starts on a day of the tests and can be put forward. Its timers are real: Orleans lives by them.</summary>
sealed class ShiftedTime : TimeProvider
{
    readonly TimeSpan _shift = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero) - System.GetUtcNow();
    long _ahead;

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + _shift + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
