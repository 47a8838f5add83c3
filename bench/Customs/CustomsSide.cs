using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClearanceEngine.Ceb;
using Confluent.Kafka;

namespace ClearanceEngine.Bench.Customs;

/// <summary>
/// Customs, as cheaply as it can be had: everything is accepted (120), lists are released (800) one step later, and
/// billed (816) after another. Nothing is checked; answers to one message come in one message. Every answer says since
/// when customs had what it answers, so that its time can be told from the engine's.
/// </summary>
sealed class CustomsSide(string bootstrapServers, TimeSpan step)
{
    /// <summary>Header: Unix milliseconds from which customs could have answered.</summary>
    public const string Since = "bench-since";

    readonly Dictionary<int, DeclaredList> _awaitEntry = [];
    readonly HashSet<int> _entered = [];
    readonly Queue<(TimeSpan Due, DeclaredList[] Lists, long Since, bool Bill)> _later = [];
    readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(
        new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            LingerMs = 5,
            MessageMaxBytes = 8_000_000,
        }
    ).SetLogHandler((_, _) => { }).Build();
    readonly Stopwatch _watch = Stopwatch.StartNew();

    public void Run(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = "bench-customs",
                AutoOffsetReset = AutoOffsetReset.Earliest,
                FetchMinBytes = 65_536,
                FetchWaitMaxMs = 10,
                MessageMaxBytes = 8_000_000,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(TopicNames.Outbound);
        while (!stopping.IsCancellationRequested)
        {
            var wait = _later.TryPeek(out var next)
                ? (int)Math.Clamp((next.Due - _watch.Elapsed).TotalMilliseconds, 0, 20)
                : 20;
            try
            {
                if (consumer.Consume(wait) is { Message.Value: { } body })
                    Take(body);
            }
            catch (ConsumeException)
            {
                // The broker is away or the topic not there yet: it comes again.
            }
            while (_later.TryPeek(out var due) && due.Due <= _watch.Elapsed)
                Decide(_later.Dequeue());
        }
        _producer.Dispose();
    }

    void Take(byte[] body)
    {
        var (since, time) = (Now(), Time());
        switch (Scan.TypeOf(body))
        {
            case 311:
                Simple(
                    body,
                    312,
                    "OrderReturn",
                    "<ceb:OrderHead>"u8,
                    ["ebpCode", "ebcCode"],
                    "orderNo",
                    since,
                    time
                );
                break;
            case 411:
                Simple(
                    body,
                    412,
                    "PaymentReturn",
                    "<ceb:PaymentHead>"u8,
                    ["payCode"],
                    "payTransactionId",
                    since,
                    time
                );
                break;
            case 511:
                Simple(
                    body,
                    512,
                    "LogisticsReturn",
                    "<ceb:LogisticsHead>"u8,
                    ["logisticsCode"],
                    "logisticsNo",
                    since,
                    time
                );
                break;
            case 621:
                Lists(body, since, time);
                break;
            case 711:
                Entry(body, since, time);
                break;
        }
    }

    void Simple(
        byte[] body,
        int type,
        string element,
        ReadOnlySpan<byte> head,
        string[] company,
        string key,
        long since,
        string time
    )
    {
        var receipts = new Receipts(type);
        var scan = new Scan(body);
        while (scan.GoTo(head))
        {
            // An order names its number before its companies, its receipt the other way round.
            var number = type == 312 ? scan.Text(Tag(key)) : default;
            var echo = "";
            foreach (var name in company)
                echo += $"<ceb:{name}>{Encoding.UTF8.GetString(scan.Text(Tag(name)))}</ceb:{name}>";
            if (type != 312)
                number = scan.Text(Tag(key));
            receipts.Say(
                element,
                Encoding.UTF8.GetBytes($"{echo}<ceb:{key}>{Encoding.UTF8.GetString(number)}</ceb:{key}>"),
                time,
                120
            );
        }
        Answer(receipts, since);
    }

    void Lists(byte[] body, long since, string time)
    {
        var receipts = new Receipts(622);
        var lists = new List<DeclaredList>();
        var scan = new Scan(body);
        while (scan.GoTo("<ceb:InventoryHead>"u8))
        {
            var (ebp, ebc) = (Text(scan.Text("<ceb:ebpCode>"u8)), Text(scan.Text("<ceb:ebcCode>"u8)));
            var waybill = Scan.Serial(scan.Text("<ceb:logisticsNo>"u8));
            var copNo = scan.Text("<ceb:copNo>"u8);
            var serial = Scan.Serial(copNo);
            var (customs, agent) = (
                Text(scan.Text("<ceb:customsCode>"u8)),
                Text(scan.Text("<ceb:agentCode>"u8))
            );
            var isDirect = scan.Text("<ceb:tradeMode>"u8).SequenceEqual("9610"u8);
            var invtNo = string.Create(CultureInfo.InvariantCulture, $"{customs}2026I{serial:D9}");
            var echo = Encoding.UTF8.GetBytes(
                $"<ceb:customsCode>{customs}</ceb:customsCode><ceb:ebpCode>{ebp}</ceb:ebpCode><ceb:ebcCode>{ebc}</ceb:ebcCode><ceb:agentCode>{agent}</ceb:agentCode><ceb:copNo>{Text(copNo)}</ceb:copNo><ceb:preNo>B20261120{serial:D9}</ceb:preNo><ceb:invtNo>{invtNo}</ceb:invtNo>"
            );
            receipts.Say("InventoryReturn", echo, time, 120);
            lists.Add(new DeclaredList(echo, invtNo, agent, isDirect, waybill));
        }
        Answer(receipts, since);
        foreach (var list in lists.Where(l => l.IsDirect && !_entered.Remove(l.WaybillSerial)))
            _awaitEntry[list.WaybillSerial] = list;
        Later(
            [.. lists.Where(l => !l.IsDirect || !_awaitEntry.ContainsKey(l.WaybillSerial))],
            since,
            bill: false
        );
    }

    void Entry(byte[] body, long since, string time)
    {
        var receipts = new Receipts(712);
        var scan = new Scan(body);
        scan.GoTo("<ceb:DeliveryHead>"u8);
        var (customs, copNo, site) = (
            Text(scan.Text("<ceb:customsCode>"u8)),
            Text(scan.Text("<ceb:copNo>"u8)),
            Text(scan.Text("<ceb:operatorCode>"u8))
        );
        receipts.Say(
            "DeliveryReturn",
            Encoding.UTF8.GetBytes(
                $"<ceb:customsCode>{customs}</ceb:customsCode><ceb:operatorCode>{site}</ceb:operatorCode><ceb:copNo>{copNo}</ceb:copNo>"
            ),
            time,
            120
        );
        var entered = new List<DeclaredList>();
        while (scan.GoTo("<ceb:DeliveryList>"u8))
        {
            var waybill = Scan.Serial(scan.Text("<ceb:logisticsNo>"u8));
            if (_awaitEntry.Remove(waybill, out var list))
                entered.Add(list);
            else
                _entered.Add(waybill);
        }
        Answer(receipts, since);
        Later([.. entered], since, bill: false);
    }

    void Later(DeclaredList[] lists, long since, bool bill)
    {
        if (lists.Length > 0)
            _later.Enqueue((_watch.Elapsed + step, lists, since, bill));
    }

    void Decide((TimeSpan Due, DeclaredList[] Lists, long Since, bool Bill) decision)
    {
        var time = Time();
        var receipts = new Receipts(decision.Bill ? 816 : 622);
        foreach (var list in decision.Lists)
        {
            if (decision.Bill)
                receipts.Bill(list, time);
            else
                receipts.Say("InventoryReturn", list.Echo, time, 800);
        }
        Answer(receipts, decision.Since);
        if (!decision.Bill)
            Later(decision.Lists, Now(), bill: true);
    }

    void Answer(Receipts receipts, long since)
    {
        if (receipts.IsEmpty)
            return;
        _producer.Produce(
            TopicNames.Receipts,
            new Message<Null, byte[]>
            {
                Value = receipts.Finish(),
                Headers = new Headers { { Since, BitConverter.GetBytes(since) } },
            }
        );
    }

    static byte[] Tag(string name) => Encoding.UTF8.GetBytes($"<ceb:{name}>");

    static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);

    static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    static string Time() => CebTime.FormatMillis(DateTimeOffset.UtcNow);
}
