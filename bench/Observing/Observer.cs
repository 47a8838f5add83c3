using ClearanceEngine.Bench.Customs;
using ClearanceEngine.Participants;
using Confluent.Kafka;

namespace ClearanceEngine.Bench.Observing;

/// <summary>The outside view: follows every parcel through the topics, by the broker's own time stamps.</summary>
sealed class Observer : IDisposable
{
    readonly Book _book;
    readonly IConsumer<Ignore, byte[]> _consumer;
    readonly Thread _thread;
    volatile bool _stopped;

    public Observer(Book book, string bootstrapServers)
    {
        _book = book;
        _consumer = new ConsumerBuilder<Ignore, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = "bench-observer",
                EnableAutoCommit = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                FetchMinBytes = 65_536,
                FetchWaitMaxMs = 50,
                MessageMaxBytes = 8_000_000,
            }
        ).SetLogHandler((_, _) => { }).Build();
        string[] topics =
        [
            TopicNames.Outbound,
            TopicNames.Receipts,
            .. ParticipantRegistry.Development.All.Select(p => p.Topic).Distinct(),
        ];
        using (var admin = new DependentAdminClientBuilder(_consumer.Handle).Build())
        {
            _consumer.Assign(
                topics.SelectMany(t =>
                    admin
                        .GetMetadata(t, TimeSpan.FromSeconds(20))
                        .Topics[0]
                        .Partitions.Select(p => new TopicPartitionOffset(t, p.PartitionId, Offset.Beginning))
                )
            );
        }
        _thread = new Thread(Run) { IsBackground = true, Name = "observer" };
        _thread.Start();
    }

    /// <summary>Copies of what a participant got already; the engine may hand on a receipt twice after a crash, and only then.</summary>
    public long Repeats { get; private set; }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _consumer.Dispose();
    }

    void Run()
    {
        while (!_stopped)
        {
            ConsumeResult<Ignore, byte[]>? record;
            try
            {
                record = _consumer.Consume(100);
            }
            catch (ConsumeException)
            {
                continue;
            }
            if (record is not { Message.Value: { } body })
                continue;
            var at = record.Message.Timestamp.UnixTimestampMs;
            if (record.Topic == TopicNames.Outbound)
                Outbound(body, at);
            else if (record.Topic == TopicNames.Receipts)
                AtCustoms(body, record.Message.Headers, at);
            else
                HandedOn(body, at);
        }
    }

    void Outbound(byte[] body, long at)
    {
        _book.RecordOut();
        if (Scan.TypeOf(body) != 621)
            return;
        var message = HashCode.Combine(Scan.GuidOf(body));
        var scan = new Scan(body);
        while (scan.GoTo("<ceb:InventoryHead>"u8))
        {
            if (_book[Scan.Serial(scan.Text("<ceb:copNo>"u8))] is not { } times)
                continue;
            if (times.Declared > 0)
            {
                if (times.DeclaredIn != message)
                    _book.WasDoubled();
                continue;
            }
            (times.Declared, times.DeclaredIn) = (at, message);
            _book.WasDeclared();
        }
    }

    void AtCustoms(byte[] body, Headers headers, long at)
    {
        if (!headers.TryGetLastBytes(CustomsSide.Since, out var since))
            return;
        var (type, from) = (Scan.TypeOf(body), BitConverter.ToInt64(since));
        var scan = new Scan(body);
        while (true)
        {
            var key = type switch
            {
                312 => scan.Text("<ceb:orderNo>"u8),
                412 => scan.Text("<ceb:payTransactionId>"u8),
                512 => scan.Text("<ceb:logisticsNo>"u8),
                622 => scan.Text("<ceb:copNo>"u8),
                816 => scan.Text("<ceb:invtNo>"u8),
                _ => default,
            };
            if (key.IsEmpty)
                return;
            _book[Scan.Serial(key)]?.WasAtCustoms(from, at);
        }
    }

    void HandedOn(byte[] body, long at)
    {
        var type = Scan.TypeOf(body);
        if (type is not (622 or 816))
            return;
        var scan = new Scan(body);
        while (true)
        {
            var key = type == 622 ? scan.Text("<ceb:copNo>"u8) : scan.Text("<ceb:invtNo>"u8);
            if (key.IsEmpty)
                return;
            var released = type == 622 && scan.Text("<ceb:returnStatus>"u8).SequenceEqual("800"u8);
            if (_book[Scan.Serial(key)] is not { } times || (type == 622 && !released))
                continue;
            ref var field = ref released ? ref times.Released : ref times.Billed;
            if (field > 0)
                Repeats++;
            else
            {
                field = at;
                if (times.IsComplete)
                    _book.WasCompleted();
            }
        }
    }
}
