using ClearanceEngine.Repeats;

namespace ClearanceEngine.Tests.Repeats;

/// <summary>What a key is to who comes with it again, and how much is kept (ADR 035).</summary>
public sealed class RepeatBookTests
{
    static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    readonly RepeatOptions _options = new() { Answers = 3, Bytes = 1_024 };

    RepeatBook _book = new();

    [Fact]
    public void The_first_acts_and_a_repeat_gets_its_answer()
    {
        Assert.Equal(RepeatVerdict.First, Begin("k", "r", Now).Verdict);
        Assert.Equal(RepeatVerdict.InFlight, Begin("k", "r", Now).Verdict);
        _book = _book.End("k", Answer(1), _options);

        var (verdict, answer) = Begin("k", "r", Now.AddHours(1));
        Assert.Equal(RepeatVerdict.Answered, verdict);
        Assert.Equal(1, answer!.Status);
        Assert.Equal(RepeatVerdict.OfAnother, Begin("k", "another", Now).Verdict);
    }

    [Fact]
    public void What_was_never_answered_is_not_done_again() =>
        Assert.Equal(
            [RepeatVerdict.First, RepeatVerdict.Unknown, RepeatVerdict.Unknown],
            new[] { Now, Now + _options.InFlight, Now.AddHours(23) }.Select(at => Begin("k", "r", at).Verdict)
        );

    [Fact]
    public void What_was_not_done_is_as_if_it_had_never_come()
    {
        Begin("k", "r", Now);
        _book = _book.Forget("k");
        Assert.Equal(RepeatVerdict.First, Begin("k", "another", Now).Verdict);
    }

    [Fact]
    public void A_key_is_new_when_its_time_is_over()
    {
        Begin("k", "r", Now);
        _book = _book.End("k", Answer(1), _options);
        Assert.Equal(RepeatVerdict.First, Begin("k", "another", Now + _options.Keep).Verdict);
    }

    [Fact]
    public void The_oldest_make_room_by_number_and_by_bytes()
    {
        foreach (var key in (string[])["a", "b", "c", "d"])
        {
            Begin(key, "r", Now);
            _book = _book.End(key, Answer(200, bytes: 10), _options);
        }
        Assert.Equal(["b", "c", "d"], _book.Requests.Select(kept => kept.Key));

        Begin("e", "r", Now);
        _book = _book.End("e", Answer(200, bytes: 1_020), _options);
        Assert.Equal(["e"], _book.Requests.Select(kept => kept.Key));
    }

    (RepeatVerdict Verdict, KeptAnswer? Answer) Begin(string key, string request, DateTimeOffset at)
    {
        (_book, var verdict, var answer) = _book.Begin(key, request, _options, at);
        return (verdict, answer);
    }

    static KeptAnswer Answer(int status, int bytes = 0) => new(status, null, [.. new byte[bytes]]);
}
