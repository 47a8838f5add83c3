namespace ClearanceEngine.Simulator;

/// <summary>
/// The part of preNo and invtNo that customs counts: nine characters, which no list of this office has again, and none of an office
/// that is started later. Customs keeps its count; an office without a memory takes it from the time. As digits they would be used
/// up by a week of a load test, so they have letters.
/// </summary>
sealed class ListNumbers
{
    const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    const int Length = 9;

    /// <summary>Nine characters last for 32 years of such units; in one of them no office enters more than one list for long.</summary>
    const long Unit = 10 * TimeSpan.TicksPerMicrosecond;

    static readonly DateTimeOffset Beginning = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    long _last;

    /// <summary>The next number, greater than all before it.</summary>
    public string Next(DateTimeOffset now)
    {
        _last = Math.Max(_last + 1, (now - Beginning).Ticks / Unit);
        Span<char> text = stackalloc char[Length];
        var rest = _last;
        for (var i = Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(rest % Digits.Length)];
            rest /= Digits.Length;
        }
        return new string(text);
    }
}
