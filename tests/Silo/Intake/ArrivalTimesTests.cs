using System.Text;
using ClearanceEngine.Silo.Hosting;
using ClearanceEngine.Silo.Intake;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClearanceEngine.Tests.Intake;

/// <summary>The broker says when a record arrived; a retried one keeps its first arrival, and nobody forges that (decision 11).</summary>
public sealed class ArrivalTimesTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 29, 4, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset First = Now.AddDays(-60);
    static readonly byte[] Body = Encoding.UTF8.GetBytes("<ceb:CEB621Message/>");

    readonly FakeTimeProvider _time = new(Now);

    [Fact]
    public async Task Intake_gets_the_time_of_the_broker()
    {
        var intake = new SeenRecords();
        var record = Record(Now.AddSeconds(-3));
        await new ArrivedRecords(intake, Times()).Handle(record, CancellationToken.None);
        Assert.Equal(Now.AddSeconds(-3), intake.Seen!.Timestamp);
    }

    [Theory]
    [InlineData("2026-11-29T04:00:00Z", "2024-12-31T15:59:59Z", false)]
    [InlineData("2026-11-29T04:00:00Z", "2024-12-31T16:00:00Z", true)] // midnight of 1 January 2025 in Beijing
    [InlineData("2026-11-29T04:00:00Z", "2026-12-31T15:59:59Z", true)]
    [InlineData("2026-11-29T04:00:00Z", "2026-12-31T16:00:00Z", false)]
    [InlineData("2026-11-29T04:00:00Z", "1970-01-01T00:00:00Z", false)]
    [InlineData("2026-12-31T15:58:00Z", "2026-12-31T16:00:30Z", true)] // the broker's clock is a little ahead at the turn
    [InlineData("2026-12-31T15:50:00Z", "2026-12-31T16:00:30Z", false)]
    public void Years_other_than_this_and_the_last_in_Beijing_are_refused(string now, string at, bool taken)
    {
        var times = Times(new FakeTimeProvider(Utc(now)));
        if (taken)
        {
            Assert.Equal(Utc(at), times.Of(Record(Utc(at))));
            return;
        }
        var poison = Assert.Throws<PoisonRecordException>(() => times.Of(Record(Utc(at))));
        Assert.Equal("time-implausible", poison.Reason);
        Assert.Contains("message.timestamp.type", poison.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_letter_keeps_its_first_arrival_over_every_retry()
    {
        var letters = new SeenLetters();
        var parking = new ArrivedLetters(letters, Times());
        await parking.Park("dead", Record(First), new DeadLetter("reason", "detail", 1), default);
        var retried = Record(Now.AddDays(-30), letters.Headers);
        Assert.Equal(First, Times().Of(retried));

        await parking.Park("dead", retried, new DeadLetter("reason", "detail", 1), default);
        Assert.Equal(First, Times().Of(Record(Now, letters.Headers)));
    }

    [Fact]
    public void A_first_arrival_that_no_engine_wrote_does_not_count()
    {
        var genuine = Times().Headers(Record(First));
        var (time, mac) = (genuine[TopicNames.ArrivedHeader], genuine[TopicNames.ArrivedMacHeader]);
        var foreign = Times(ring: 9).Headers(Record(First))[TopicNames.ArrivedMacHeader];
        var day = First.AddDays(-1).UtcDateTime.ToString("O");
        var other = Encoding.UTF8.GetBytes("<ceb:CEB621Message></ceb:CEB621Message>");

        Assert.Equal(First, Times().Of(Record(Now, genuine)));
        Assert.Equal(Now, Times().Of(Record(Now, Stamp(time, null))));
        Assert.Equal(Now, Times().Of(Record(Now, Stamp(time, foreign))));
        Assert.Equal(Now, Times().Of(Record(Now, Stamp(day, mac))));
        Assert.Equal(Now, Times().Of(Record(Now, genuine) with { Topic = "declarations.order" }));
        Assert.Equal(Now, Times().Of(Record(Now, genuine) with { Value = other }));
    }

    [Theory]
    [InlineData(1)] // after the broker's own time
    [InlineData(-91)] // from before the oldest letter that can still be there
    public void A_first_arrival_out_of_bounds_does_not_count_even_with_its_proof(int days)
    {
        var stamped = Times().Headers(Record(Now.AddDays(days)));
        Assert.Equal(Now, Times().Of(Record(Now, stamped)));
    }

    ArrivalTimes Times(TimeProvider? time = null, byte ring = 7)
    {
        var key = Convert.ToBase64String(Enumerable.Repeat(ring, 32).ToArray());
        var macs = new ClusterMac(new StateKeyOptions { Ring = { ["1"] = key } });
        return new ArrivalTimes(macs, new TopicOptions(), time ?? _time);
    }

    static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    static Dictionary<string, string> Stamp(string arrived, string? mac)
    {
        var headers = new Dictionary<string, string> { [TopicNames.ArrivedHeader] = arrived };
        if (mac is not null)
            headers[TopicNames.ArrivedMacHeader] = mac;
        return headers;
    }

    static FeedRecord Record(DateTimeOffset at, IReadOnlyDictionary<string, string>? headers = null)
    {
        var all = new Headers();
        foreach (var (name, text) in headers ?? new Dictionary<string, string>())
            all.Add(name, Encoding.UTF8.GetBytes(text));
        return new FeedRecord("declarations.list", 0, 0, at, null, Body, all);
    }

    sealed class SeenRecords : IFeedHandler
    {
        public FeedRecord? Seen { get; private set; }

        public ValueTask Handle(FeedRecord record, CancellationToken cancellationToken)
        {
            Seen = record;
            return ValueTask.CompletedTask;
        }
    }

    sealed class SeenLetters : IDeadLetters
    {
        public IReadOnlyDictionary<string, string> Headers { get; private set; } =
            new Dictionary<string, string>();

        public Task Park(
            string deadLetterTopic,
            FeedRecord record,
            DeadLetter letter,
            CancellationToken cancellationToken
        )
        {
            Headers = letter.Headers;
            return Task.CompletedTask;
        }
    }
}
