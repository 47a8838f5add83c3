using ClearanceEngine.Bench.Feed;
using ClearanceEngine.Bench.Observing;
using ClearanceEngine.Bench.Rig;

namespace ClearanceEngine.Bench.Pipeline;

/// <summary>A member on its rig, with its feed and observer; phases are run one after the other.</summary>
sealed class Session : IAsyncDisposable
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1),
        DrainPatience = TimeSpan.FromSeconds(60),
        Interval = TimeSpan.FromSeconds(5);

    readonly FeedOptions _options;
    readonly Rig.Rig _rig;
    readonly Book _book = new();
    readonly Observer _observer;
    readonly Feeder _feeder;
    readonly TimeSpan _atCustoms;
    readonly Action<string> _say;
    readonly CancellationToken _cancellation;
    double _rate;
    double _completing;
    bool _limited;
    long _said = Now(),
        _saidCompleted;

    Session(
        Rig.Rig rig,
        FeedOptions options,
        TimeSpan atCustoms,
        Stock stock,
        Action<string> say,
        CancellationToken cancellation
    )
    {
        (_rig, _options, _atCustoms, _say, _cancellation) = (rig, options, atCustoms, say, cancellation);
        _observer = new Observer(_book, rig.BootstrapServers);
        _feeder = new Feeder(options, stock, _book, rig.BootstrapServers);
    }

    public Member Member => _rig.Member;

    public Rig.Rig Rig => _rig;

    public TimeSpan Spread => _options.Spread;

    public Book Book => _book;

    public static async Task<Session> Open(
        Member member,
        RigOptions rig,
        FeedOptions feed,
        Stock stock,
        Action<string> say,
        CancellationToken cancellation
    ) => new(await Bench.Rig.Rig.Open(member, rig), feed, rig.CustomsStep * 2, stock, say, cancellation);

    /// <summary>Feeds ever faster until the member cannot follow, and finds the rate at which the window just holds it back.</summary>
    public async Task FindRate(TimeSpan time, double firstRate)
    {
        _rate = Math.Min(firstRate, Member.MostAtFirst);
        for (var passed = TimeSpan.Zero; passed < time; passed += Second)
            await Steer();
    }

    /// <summary>Works off what has begun, so that others can have their turn.</summary>
    public Task Rest() => Drain();

    /// <summary>Like <see cref="Rest"/>; false if something never came to its end.</summary>
    public async Task<bool> TryRest()
    {
        try
        {
            await Drain();
            return true;
        }
        catch (TimeoutException e)
        {
            _say(e.Message);
            return false;
        }
    }

    /// <summary>Parcels a second as fast as it goes, and what they cost.</summary>
    public async Task<Throughput> Throughput(TimeSpan time, TimeSpan spread)
    {
        _feeder.Spread = spread;
        for (var passed = TimeSpan.Zero; passed < spread + (Second * 5); passed += Second)
            await Steer();
        var (usage, from, stalled, recordsIn, recordsOut) = (
            await _rig.Use(),
            Now(),
            _feeder.Stalled,
            _book.RecordsIn,
            _book.RecordsOut
        );
        for (var passed = TimeSpan.Zero; passed < time; passed += Second)
            await Steer();
        var (used, to) = ((await _rig.Use()).Since(usage), Now());
        stalled = _feeder.Stalled - stalled;
        (recordsIn, recordsOut) = (_book.RecordsIn - recordsIn, _book.RecordsOut - recordsOut);
        await Drain();
        var parcels = _book.Parcels.Count(p => p.IsComplete && p.Completed > from && p.Completed <= to);
        return new Throughput(parcels, (to - from) / 1000d, recordsIn, recordsOut, stalled, used);
    }

    /// <summary>Times at a steady rate, whether the member follows or not.</summary>
    public async Task<Delays> Latency(TimeSpan time, double rate)
    {
        await Steady(rate);
        var from = Now();
        await Task.Delay(time, _cancellation);
        var to = Now();
        await Drain();
        return Between(from, to);
    }

    /// <summary>Feeds at a steady rate from now on; returns when documents of all ages are on their way.</summary>
    public async Task Steady(double rate)
    {
        (_feeder.Window, _feeder.Spread, _feeder.Rate) = (int.MaxValue, _options.Spread, rate);
        await Task.Delay(_options.Spread + (Second * 3), _cancellation);
    }

    /// <summary>Times of the parcels whose last document came between two moments, as far as they are complete.</summary>
    public Delays Between(long from, long to)
    {
        var measured = _book.Parcels.Where(p => p.IsComplete && p.Fed > from && p.Fed <= to).ToArray();
        return new Delays(
            [.. measured.Select(p => p.MillisecondsTo(p.Declared))],
            [.. measured.Select(p => p.MillisecondsTo(p.Completed))]
        );
    }

    public async ValueTask DisposeAsync()
    {
        _feeder.Dispose();
        _observer.Dispose();
        await _rig.DisposeAsync();
    }

    /// <summary>
    /// A second at the present rate; then faster if the window did not hold it back, slower if it did for long. A parcel's
    /// last document comes only after the spread, so a rate is felt late: once the first limit was met, it moves slowly.
    /// </summary>
    async Task Steer()
    {
        var (stalled, completed) = (_feeder.Stalled, _book.Completed);
        (_feeder.Rate, _feeder.Window) = (
            _rate,
            Math.Max(Member.SmallestWindow, (int)(_completing * (_options.Window + _atCustoms).TotalSeconds))
        );
        await Task.Delay(Second, _cancellation);
        Say();
        _completing += ((_book.Completed - completed) - _completing) / 10;
        switch (_feeder.Stalled - stalled)
        {
            case < 0.05:
                _rate *= _limited ? 1.02 : 1.1;
                break;
            case > 0.3:
                _rate = _limited ? Math.Max(_rate * 0.98, _completing) : Math.Max(_rate / 1.5, _completing);
                _limited = true;
                break;
        }
    }

    /// <summary>Lets everything that has begun come to its end.</summary>
    async Task Drain()
    {
        (_feeder.Rate, _feeder.Window) = (0, int.MaxValue);
        var (idle, completed) = (TimeSpan.Zero, 0L);
        for (; _book.Completed < _book.Count; idle += Second / 10)
        {
            if (_book.Completed > completed)
                (idle, completed) = (TimeSpan.Zero, _book.Completed);
            Say();
            if (idle > DrainPatience)
                throw new TimeoutException(
                    $"{Member.Name}: {_book.Unfinished()} came no further for {DrainPatience}.\n{_rig.Tail()}"
                );
            await Task.Delay(Second / 10, _cancellation);
        }
    }

    /// <summary>Now and then, how it goes.</summary>
    void Say()
    {
        var now = Now();
        if (now - _said < Interval.TotalMilliseconds)
            return;
        var completed = _book.Completed;
        _say(
            $"{Member.Name}: {(completed - _saidCompleted) * 1000d / (now - _said):0} parcels/s; {_book.Count} begun, {_book.Outstanding} wait, {completed} done; feed {_feeder.Rate:0}/s, held back {_feeder.Stalled:0.0} s"
        );
        (_said, _saidCompleted) = (now, completed);
    }

    public static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
