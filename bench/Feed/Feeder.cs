using System.Diagnostics;
using ClearanceEngine.Bench.Observing;
using Confluent.Kafka;

namespace ClearanceEngine.Bench.Feed;

/// <summary>
/// Feeds parcels at a rate, on a clock of its own that stands still while too many are outstanding: a closed loop whose
/// backlog is bounded, or, without a bound, an open one. When documents have come together, or have waited long enough,
/// they leave in a message, as their senders would do it.
/// </summary>
sealed class Feeder : IDisposable
{
    /// <summary>No document waits longer than this for its message to fill.</summary>
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    readonly FeedOptions _options;
    readonly Stock _stock;
    readonly Book _book;
    readonly IProducer<Null, byte[]> _producer;
    readonly Random _random = new(1);
    readonly PriorityQueue<FedDocument, double> _due = new();
    readonly (List<FedDocument> Documents, int Size, double Since)[] _gathered =
    [
        .. Stock.Lanes.Select(_ => (new List<FedDocument>(), 1, 0d)),
    ];
    readonly Thread _thread;
    volatile bool _stopped;
    int _next;
    double _rate;
    double _stalled;
    int _window = int.MaxValue;
    double _spread;

    public Feeder(FeedOptions options, Stock stock, Book book, string bootstrapServers)
    {
        (_options, _stock, _book) = (options, stock, book);
        _spread = options.Spread.TotalSeconds;
        _producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = bootstrapServers,
                LingerMs = 5,
                Acks = Acks.All,
                MessageMaxBytes = 8_000_000,
            }
        ).SetLogHandler((_, _) => { }).Build();
        _thread = new Thread(Run) { IsBackground = true, Name = "feeder" };
        _thread.Start();
    }

    /// <summary>Parcels a second that begin to come; 0 begins no more than the rest of a block.</summary>
    public double Rate
    {
        get => Volatile.Read(ref _rate);
        set => Volatile.Write(ref _rate, value);
    }

    /// <summary>Most outstanding parcels.</summary>
    public int Window
    {
        get => Volatile.Read(ref _window);
        set => Volatile.Write(ref _window, value);
    }

    /// <summary>Time over which the documents of the parcels that begin from now on come.</summary>
    public TimeSpan Spread
    {
        set => Volatile.Write(ref _spread, value.TotalSeconds);
    }

    /// <summary>Seconds for which it was held back by the window.</summary>
    public double Stalled => Volatile.Read(ref _stalled);

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _producer.Flush(TimeSpan.FromSeconds(10));
        _producer.Dispose();
    }

    void Run()
    {
        var (watch, last, clock, begun) = (Stopwatch.StartNew(), 0d, 0d, 0d);
        while (!_stopped)
        {
            var now = watch.Elapsed.TotalSeconds;
            var passed = now - last;
            last = now;
            if (_book.Outstanding < Window)
            {
                clock += passed;
                begun += passed * Rate;
                for (; begun >= 1; begun--)
                    Begin(_stock[_next++], clock);
                while (Rate == 0 && _next % Stock.Block != 0)
                    Begin(_stock[_next++], clock);
                while (_due.TryPeek(out var document, out var due) && due <= clock)
                    Gather(_due.Dequeue(), clock);
                for (var lane = 0; lane < _gathered.Length; lane++)
                {
                    if (
                        _gathered[lane].Documents.Count > 0
                        && clock - _gathered[lane].Since > Gathering.TotalSeconds
                    )
                        Send(lane);
                }
            }
            else
                Volatile.Write(ref _stalled, _stalled + passed);
            Thread.Sleep(1);
        }
    }

    void Begin(FedParcel parcel, double clock)
    {
        _book.Enter(parcel.Serial, new ParcelTimes(parcel.DocumentCount));
        var spread = Volatile.Read(ref _spread);
        foreach (var document in parcel.Documents)
            _due.Enqueue(document, clock + (spread * _random.NextDouble()));
    }

    void Gather(FedDocument document, double clock)
    {
        ref var lane = ref _gathered[document.Lane];
        if (lane.Documents.Count == 0)
            (lane.Since, lane.Size) = (clock, IsInboundNote(document) ? 1 : Size());
        lane.Documents.Add(document);
        if (lane.Documents.Count >= lane.Size)
            Send(document.Lane);
    }

    void Send(int number)
    {
        var (lane, documents) = (Stock.Lanes[number], _gathered[number].Documents);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _producer.Produce(
            lane.Topic,
            new Message<Null, byte[]>
            {
                Value = lane.Message(documents),
                Timestamp = new Timestamp(now, TimestampType.CreateTime),
            }
        );
        _book.RecordIn();
        foreach (var serial in documents.SelectMany(d => d.Serials))
        {
            var times = _book[serial]!;
            times.Fed = now;
            if (--times.Unfed == 0)
                _book.WasFed();
        }
        documents.Clear();
    }

    /// <summary>Many small messages and some large ones: exponential, so that a few reach the hundred that the schema allows.</summary>
    int Size() =>
        Math.Clamp(1 + (int)(-Math.Log(1 - _random.NextDouble()) * (_options.MessageMean - 1)), 1, 100);

    /// <summary>A CEB711 has one note.</summary>
    static bool IsInboundNote(FedDocument document) =>
        Stock.Lanes[document.Lane].Topic == TopicNames.Of(Ceb.CebType.InboundNote);
}
