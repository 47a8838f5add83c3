using System.Text;
using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What the simulated customs beside the development broker knows after its process was killed.</summary>
public sealed class SimulatorMemoryTests : IDisposable
{
    const long Bytes = 1024 * 1024;

    static readonly DateTimeOffset Now = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    readonly string _directory = Directory.CreateTempSubdirectory("clearance-customs-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_taken_is_answered_the_same_again_and_goes_on_from_there()
    {
        var before = Office();
        var inputs = new List<TakenInput>();
        var said = new List<ScheduledReceipt>();
        foreach (var outcome in Enum.GetValues<Outcome>())
            Take(Message(outcome));
        Ask(Outcome.NoAnswer);

        var after = Office();
        Assert.Equal(said.Select(Text), inputs.SelectMany(after.Recall).Select(Text));
        Assert.Equal(before.Serial, after.Serial);
        Assert.Equal(
            before.Receive(Message(Outcome.Released), Now).Select(Text),
            after.Receive(Message(Outcome.Released), Now).Select(Text)
        );

        void Take(byte[] message)
        {
            inputs.Add(new(message, IsQuestion: false, Now, before.Serial));
            said.AddRange(before.Receive(message, Now));
        }

        void Ask(Outcome outcome)
        {
            inputs.Add(new(Question(outcome), IsQuestion: true, Now, before.Serial));
            said.AddRange(before.Answer(CustomsQuery.Read(Question(outcome)), Now));
        }
    }

    [Fact]
    public void What_was_sent_and_not_taken_is_left_and_what_was_refused_is_nothing()
    {
        using (var memory = Open())
        {
            foreach (var text in (string[])["one", "two", "three"])
                memory.Sent(Encoding.UTF8.GetBytes(text), Now);
            memory.Took("two"u8, isRefused: false, Now, serial: 7);
            memory.Took("three"u8, isRefused: true, Now, serial: 8);
            memory.Answered("question"u8, Now, serial: 9);
        }
        using var again = Open();
        var recalled = again.Recall();

        Assert.Equal(["one"], recalled.Left.Select(Text));
        Assert.Equal(
            [("two", false, 7), ("question", true, 9)],
            recalled.Taken.Select(t => (Text(t.Body), t.IsQuestion, t.Serial))
        );
    }

    /// <summary>A kill may come in the middle of a line.</summary>
    [Fact]
    public void Half_a_line_is_nothing_and_does_not_spoil_the_next()
    {
        using (var memory = Open())
            memory.Sent("one"u8, Now);
        var file = Path.Combine(_directory, "customs.jsonl");
        File.AppendAllText(file, """{"kind":"Taken","id":"77""");

        using (var memory = Open())
            memory.Sent("two"u8, Now);
        using var again = Open();
        Assert.Equal(["one", "two"], again.Recall().Left.Select(Text));
    }

    [Fact]
    public void It_stays_within_its_bytes_and_forgets_the_oldest()
    {
        const int bound = 20_000;
        using (var memory = Open(bound))
        {
            for (var i = 0; i < 500; i++)
            {
                memory.Sent(Encoding.UTF8.GetBytes($"message {i}"), Now);
                Assert.True(Directory.GetFiles(_directory).Sum(f => new FileInfo(f).Length) <= bound);
            }
        }
        using var again = Open(bound);
        var left = again.Recall().Left.Select(Text).ToArray();

        Assert.Equal("message 499", left[^1]);
        Assert.InRange(left.Length, 30, 200);
        Assert.Equal(Enumerable.Range(500 - left.Length, left.Length).Select(i => $"message {i}"), left);
    }

    [Fact]
    public void Nothing_of_a_declaration_is_on_the_disk_in_clear()
    {
        using (var memory = Open())
            memory.Sent(Message(Outcome.Released), Now);

        var written = File.ReadAllText(Path.Combine(_directory, "customs.jsonl"));
        var clear = Convert.ToBase64String(Message(Outcome.Released))[..40];
        Assert.DoesNotContain(clear, written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customs_that_was_killed_says_what_it_owed_and_takes_what_it_had_not_taken()
    {
        var time = new FakeTimeProvider(Now);
        byte[][] messages = [Message(Outcome.Released), Message(Outcome.Held)];
        using (var memory = Open())
        {
            foreach (var message in messages)
                memory.Sent(message, Now);
            // Killed before its receipts were due, and before it took the second.
            using var killed = Service(memory, new Broker(), time);
            await killed.Handle(Record(messages[0]), CancellationToken.None);
        }
        time.Advance(TimeSpan.FromHours(1));
        using var again = Open();
        var broker = new Broker();
        using var service = Service(again, broker, time);
        await service.StartAsync(CancellationToken.None);
        await Until(time, () => broker.Codes().Contains("816") && broker.Codes().Contains("501"));
        await service.StopAsync(CancellationToken.None);

        Assert.Equal(
            ["120", "120", "2", "2", "501", "800", "816"],
            broker.Codes().Order(StringComparer.Ordinal)
        );
        Assert.Empty(again.Recall().Left);
    }

    static async Task Until(FakeTimeProvider time, Func<bool> condition)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); !condition(); await Task.Delay(1))
        {
            Assert.True(DateTime.UtcNow < end, "it was not said within 30 s");
            time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    static CustomsSimulatorService Service(
        SimulatorMemory memory,
        IKafkaProducer producer,
        TimeProvider time
    ) => new(Office(), producer, time, NullLogger<CustomsSimulatorService>.Instance, memory);

    static FeedRecord Record(byte[] value) => new(TopicNames.Outbound, 0, 0, Now, null, value, []);

    static CustomsOffice Office() =>
        new(
            new CustomsSimulatorOptions
            {
                DuplicateRate = 0,
                ReorderRate = 0,
                VerifySignatures = false,
            }
        );

    static SampleParcel Parcel(Outcome outcome) =>
        new()
        {
            OrderNo = Outcomes.OrderNo(outcome, "1"),
            Mode = "1210",
            Person = 1,
            Serial = $"{(int)outcome}",
            At = Now,
        };

    static byte[] Message(Outcome outcome) => CebWriter.Write(SampleParcel.Message(Parcel(outcome).List()));

    static byte[] Question(Outcome outcome) =>
        Encoding.UTF8.GetBytes(
            $$"""{"type":"CEB621Message","key":"{{SampleParcel.Warehouse}}|{{Parcel(outcome).CopNo}}","attempt":1}"""
        );

    SimulatorMemory Open(long bytes = Bytes) => new(_directory, bytes, new Turned());

    static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    static string Text(ScheduledReceipt receipt) =>
        $"{receipt.Due:O} {Encoding.UTF8.GetString(CebWriter.Write(receipt.Message))}";

    /// <summary>Stands for encryption.</summary>
    sealed class Turned : IMemoryCipher
    {
        public byte[] Close(ReadOnlySpan<byte> clear, string id) =>
            [.. clear.ToArray().Select(b => (byte)~b)];

        public byte[] Open(byte[] closed, string id) => Close(closed, id);
    }

    sealed class Broker : IKafkaProducer
    {
        readonly List<byte[]> _values = [];

        public Task<TopicPartitionOffset> Produce(
            string topic,
            ReadOnlyMemory<byte>? key,
            ReadOnlyMemory<byte>? value,
            Headers? headers = null,
            CancellationToken cancellationToken = default
        )
        {
            Assert.Equal(TopicNames.Receipts, topic);
            lock (_values)
                _values.Add(value!.Value.ToArray());
            return Task.FromResult(new TopicPartitionOffset(topic, 0, 0));
        }

        public IReadOnlyList<string> Codes()
        {
            lock (_values)
                return [.. _values.Select(v => Code(CebReader.Read(v).Documents[0]))];
        }

        static string Code(CebDocument document) =>
            document.Type == CebType.TaxBill ? "816" : document[document.Schema.Head.Find("returnStatus")!]!;
    }
}
