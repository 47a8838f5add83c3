using System.Globalization;
using System.Text;
using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.Client.Kafka;
using ClearanceEngine.DevelopmentBroker;
using ClearanceEngine.Streams.Kafka;
using Confluent.Kafka;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What a run of retries promises; the same on the development broker and on a real Kafka.</summary>
public abstract class DeadLetterRetryTests : IAsyncLifetime
{
    private protected LetterBox Box { get; set; } = null!;

    public abstract ValueTask InitializeAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Box?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Letters_of_one_reason_go_back_as_they_were_from_all_partitions_and_no_others()
    {
        await Box.Put("a", key: "k", headers: [("mine", "1"), ("ce-door", "7")]);
        await Box.Put("b", "not-xml");
        await Box.Put("c", topic: Box.Receipts, partition: 1);
        await Box.Put("d", partition: 1);

        var run = await CommandRun.On(Box, "retry", "--reason", "retries-exhausted", "--json");

        Assert.Equal(0, run.Code);
        Assert.Equal((3, 0, 1), Counts(run));
        Assert.Equal(["a", "d"], Box.Values(Box.Orders).Order());
        Assert.Equal(["c"], Box.Values(Box.Receipts));
        var back = Box.Read(Box.Orders).Single(r => Encoding.UTF8.GetString(r.Value!) == "a");
        Assert.Equal("k", Encoding.UTF8.GetString(back.Key!));
        Assert.Equal("1", LetterBox.Header(back, "mine"));
        Assert.Equal("1", LetterBox.Header(back, TopicNames.RetriedHeader));
        Assert.Equal(LetterBox.Arrived, LetterBox.Header(back, TopicNames.ArrivedHeader));
        Assert.Null(LetterBox.Header(back, TopicNames.DoorHeader));
        Assert.DoesNotContain(back.Headers, h => h.Key.StartsWith("dl-", StringComparison.Ordinal));
    }

    /// <summary>It would put nothing back, and look like success.</summary>
    [Theory]
    [InlineData("retry", "--run", "night")]
    [InlineData("retry", "--dry-run")]
    public async Task A_reason_that_no_letter_can_have_is_refused_with_the_nearest_and_the_list(
        params string[] verb
    )
    {
        await Box.Put("a", "of-a-newer-engine");

        var run = await CommandRun.On(Box, [.. verb, "--reason", "retries-exausted", "--json"]);
        Assert.Equal(2, run.Code);
        var error = run.Json.GetProperty("error");
        Assert.Equal("unknown-reason", error.GetProperty("code").GetString());
        var text = error.GetProperty("text").GetString();
        Assert.Contains("did you mean retries-exhausted?", text, StringComparison.Ordinal);
        Assert.Contains("of-a-newer-engine, receipt-without-parcel", text, StringComparison.Ordinal);

        Assert.Equal(0, (await CommandRun.On(Box, [.. verb, "--reason", "of-a-newer-engine"])).Code);
        Assert.Equal(0, (await CommandRun.On(Box, "retry", "--reason", "wrong-topic")).Code);
    }

    [Fact]
    public async Task What_is_retried_again_counts_on_and_keeps_the_time_of_its_first_arrival()
    {
        const string First = "2026-11-01T00:00:00.0000000+00:00";
        await Box.Put(
            "a",
            headers:
            [
                (TopicNames.RetriedHeader, "4"),
                (TopicNames.ArrivedHeader, First),
                (TopicNames.ArrivedMacHeader, "1:proof"),
            ]
        );

        Assert.Equal(0, (await CommandRun.On(Box, "retry", "--at", "0:0")).Code);

        var back = Assert.Single(Box.Read(Box.Orders));
        Assert.Equal("5", LetterBox.Header(back, TopicNames.RetriedHeader));
        Assert.Equal(First, LetterBox.Header(back, TopicNames.ArrivedHeader));
        Assert.Equal("1:proof", LetterBox.Header(back, TopicNames.ArrivedMacHeader));
    }

    [Fact]
    public async Task A_run_stops_at_its_limit_goes_on_by_its_name_and_leaves_what_came_again()
    {
        for (var i = 0; i < 5; i++)
            await Box.Put($"{i}", partition: i % 2);

        var first = await CommandRun.On(Box, "retry", "--all", "--run", "night", "--limit", "2", "--json");
        Assert.False(first.Json.GetProperty("done").GetBoolean());
        // One that was put back fails again, while the run is not over.
        await Box.Put("came again");
        var second = await CommandRun.On(Box, "retry", "--run", "night", "--json");
        Assert.True(second.Json.GetProperty("done").GetBoolean());
        var third = await CommandRun.On(Box, "retry", "--all", "--run", "night", "--json");

        Assert.Equal(((2, 0, 0), (3, 0, 0)), (Counts(first), Counts(second)));
        Assert.Equal(0, third.Code);
        Assert.Equal(["0", "1", "2", "3", "4"], Box.Values(Box.Orders).Order());
    }

    [Fact]
    public async Task What_a_run_has_put_back_is_no_longer_open_and_goes_again_only_when_that_is_said()
    {
        await Box.Put("a");
        await Box.Put("nowhere", topic: $"{Box.Letters}.gone");
        await CommandRun.On(Box, "retry", "--all", "--run", "first");
        await Box.Put("b");

        var open = (await CommandRun.On(Box, "list", "--open", "--json")).Json.GetProperty("letters");
        Assert.Equal(
            ["0:1", "0:2"],
            open.EnumerateArray().Select(l => l.GetProperty("position").GetString())
        );
        Assert.Contains("first", (await CommandRun.On(Box, "list")).Output, StringComparison.Ordinal);

        await CommandRun.On(Box, "retry", "--all");
        Assert.Equal(["a", "b"], Box.Values(Box.Orders));
        await CommandRun.On(Box, "retry", "--at", "0:0");
        Assert.Equal(["a", "b", "a"], Box.Values(Box.Orders));
        await CommandRun.On(Box, "retry", "--all", "--again");
        Assert.Equal(["a", "b", "a", "a", "b"], Box.Values(Box.Orders));
    }

    [Fact]
    public async Task The_journal_says_who_retried_what_when_and_how_it_ended()
    {
        await Box.Put("a");
        await CommandRun.On(Box, "retry", "--reason", "retries-exhausted", "--run", "night");

        var runs = (await CommandRun.On(Box, "runs", "--json")).Json.EnumerateArray().ToList();

        Assert.Equal(["begun", "ended"], runs.Select(r => r.GetProperty("event").GetString()));
        Assert.All(runs, r => Assert.Equal("night", r.GetProperty("run").GetString()));
        Assert.Equal(
            $"{Environment.UserName}@{Environment.MachineName}",
            runs[0].GetProperty("by").GetString()
        );
        Assert.Equal(
            "retries-exhausted",
            runs[0].GetProperty("plan").GetProperty("filter").GetProperty("reason").GetString()
        );
        Assert.Equal(1, runs[1].GetProperty("counts").GetProperty("retried").GetInt32());
        Assert.Contains("night", (await CommandRun.On(Box, "runs")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_by_the_same_name_with_another_filter_is_refused()
    {
        await Box.Put("a");
        await Box.Put("b");
        await CommandRun.On(Box, "retry", "--reason", "retries-exhausted", "--run", "open", "--limit", "1");

        var run = await CommandRun.On(Box, "retry", "--reason", "this", "--run", "open", "--json");

        Assert.Equal(2, run.Code);
        Assert.Equal("run-has-other-filter", Error(run));
        Assert.Equal(["a"], Box.Values(Box.Orders));
    }

    [Fact]
    public async Task A_dry_run_counts_by_reason_and_topic_and_writes_nothing()
    {
        await Box.Put("a");
        await Box.Put("b", "not-xml", partition: 1);
        await Box.Put("c", "not-xml", Box.Receipts);

        var run = await CommandRun.On(Box, "retry", "--reason", "not-xml", "--dry-run", "--json");

        var groups = run.Json.GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(0, run.Code);
        Assert.Equal(2, groups.Sum(g => g.GetProperty("letters").GetInt32()));
        Assert.Equal((0, 0, 1), Counts(run));
        Assert.Equal((0, 0, 0), (Box.End(Box.Orders), Box.End(Box.Receipts), Box.End(Box.Runs)));
    }

    [Fact]
    public async Task A_value_that_was_omitted_is_fetched_from_its_origin_and_one_that_is_gone_is_named()
    {
        await Box.PutOrigin(Box.Orders, "k", "the whole value");
        var omitted = (DeadLetters.Omitted, "15 bytes");
        var at = (DeadLetters.Timestamp, OriginTime());
        await Box.Put("", headers: [omitted, at], origin: 0);
        // Its offset there is 7, where nothing lies.
        await Box.Put("", headers: [omitted], partition: 1);

        var run = await CommandRun.On(Box, "retry", "--all", "--json");

        Assert.Equal(1, run.Code);
        Assert.Equal((1, 1, 0), Counts(run));
        Assert.Equal("origin-gone", Named(run));
        Assert.Equal(["the whole value", "the whole value"], Box.Values(Box.Orders));
        Assert.Equal("k", Encoding.UTF8.GetString(Box.Read(Box.Orders)[1].Key!));
    }

    /// <summary>Its letter has neither its value nor its headers: both are where it came from, and so is how often it was put back.</summary>
    [Fact]
    public async Task What_was_omitted_goes_back_with_the_headers_of_its_origin()
    {
        const string First = "2026-11-01T00:00:00.0000000+00:00";
        await Box.PutOrigin(
            Box.Orders,
            "k",
            "the whole value",
            ("mine", "1"),
            ("ce-door", "7"),
            ("dl-reason", "an older one"),
            (TopicNames.RetriedHeader, "4"),
            (TopicNames.ArrivedHeader, "its sender's word")
        );
        var at = (DeadLetters.Timestamp, OriginTime());
        await Box.Put(
            "",
            headers:
            [
                (DeadLetters.Omitted, "15 bytes"),
                (DeadLetters.OmittedHeaders, "60000 bytes"),
                (TopicNames.ArrivedHeader, First),
                (TopicNames.ArrivedMacHeader, "1:proof"),
                at,
            ],
            origin: 0
        );

        Assert.Equal(0, (await CommandRun.On(Box, "retry", "--all")).Code);

        var back = Box.Read(Box.Orders)[1];
        Assert.Equal("the whole value", Encoding.UTF8.GetString(back.Value!));
        Assert.Equal("1", LetterBox.Header(back, "mine"));
        Assert.Equal("5", LetterBox.Header(back, TopicNames.RetriedHeader));
        Assert.Equal(First, LetterBox.Header(back, TopicNames.ArrivedHeader));
        Assert.Equal("1:proof", LetterBox.Header(back, TopicNames.ArrivedMacHeader));
        Assert.Null(LetterBox.Header(back, TopicNames.DoorHeader));
        Assert.DoesNotContain(back.Headers, h => h.Key.StartsWith("dl-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_letter_without_its_senders_headers_goes_back_with_them_or_where_they_are_gone_without()
    {
        await Box.PutOrigin(Box.Orders, "k", "a", ("mine", "1"));
        var omitted = (DeadLetters.OmittedHeaders, "60000 bytes");
        var at = (DeadLetters.Timestamp, OriginTime());
        await Box.Put("a", key: "k", headers: [omitted, at], origin: 0);
        // Its offset there is 7, where nothing lies.
        await Box.Put("b", key: "k", headers: [omitted], partition: 1);

        var run = await CommandRun.On(Box, "retry", "--all", "--json");

        Assert.Equal((2, 0, 0), Counts(run));
        var back = Box.Read(Box.Orders)[1..];
        Assert.Equal(["a", "b"], back.Select(r => Encoding.UTF8.GetString(r.Value!)));
        Assert.Equal(["1", null], back.Select(r => LetterBox.Header(r, "mine")));
        Assert.All(back, r => Assert.Equal("k", Encoding.UTF8.GetString(r.Key!)));
    }

    /// <summary>The topic was made anew: another record lies where the letter's was, or its partition is no more.</summary>
    [Fact]
    public async Task A_record_that_took_the_place_of_a_letters_origin_is_not_put_back()
    {
        await Box.PutOrigin(Box.Orders, "k", "somebody else's");
        var omitted = (DeadLetters.Omitted, "15 bytes");
        await Box.Put("", headers: [omitted], origin: 0);
        await Box.Put("", headers: [omitted, (DeadLetters.Partition, "99")], partition: 1, origin: 0);
        await Box.Put("fine");

        var run = await CommandRun.On(Box, "retry", "--all", "--json");

        Assert.Equal((1, 2, 0), Counts(run));
        Assert.Equal("origin-gone", Named(run));
        Assert.Equal(["somebody else's", "fine"], Box.Values(Box.Orders));
    }

    [Fact]
    public async Task The_header_that_names_the_message_a_receipt_answers_stays_and_the_doors_goes()
    {
        await Box.Put(
            "a",
            topic: Box.Receipts,
            headers: [(TopicNames.MessageHeader, "M-1"), (TopicNames.DoorHeader, "d/1")]
        );

        await CommandRun.On(Box, "retry", "--all", "--json");

        var headers = Box.Read(Box.Receipts)[0].Headers;
        Assert.Equal("M-1"u8.ToArray(), headers.GetLastBytes(TopicNames.MessageHeader));
        Assert.DoesNotContain(headers, h => h.Key == TopicNames.DoorHeader);
    }

    [Fact]
    public async Task Letters_that_cannot_be_put_back_are_named_and_stop_no_others()
    {
        await Box.Put("nowhere", topic: $"{Box.Letters}.gone");
        await Box.Put("no origin", topic: "");
        await Box.Put("fine");

        var run = await CommandRun.On(Box, "retry", "--all", "--json");

        Assert.Equal(1, run.Code);
        Assert.Equal((1, 2, 0), Counts(run));
        Assert.Equal("no-topic", Named(run));
        Assert.Equal(["fine"], Box.Values(Box.Orders));
    }

    [Fact]
    public async Task Nothing_is_committed_before_the_broker_acknowledged_what_was_put_back()
    {
        await Box.Put("a");
        await Box.Put("b");
        using var kafka = Kafka();
        var held = new HeldProducer(kafka.Producer(), Box.Orders, records: 2);
        var run = new RetryRun(kafka, held, new RetryTopics(Box.Letters, Box.Runs), "held");
        var plan = await run.Begin(new DeadLetterFilter(), null, again: false, Entry(run));

        var working = Task.Run(() => run.Work(plan, long.MaxValue, _ => { }, CancellationToken.None));
        await held.Asked.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, Box.Committed("held"));
        held.Fail(new KafkaUnavailableException("away"));

        await Assert.ThrowsAsync<KafkaUnavailableException>(() => working);
        Assert.Equal(0, Box.Committed("held"));
        var resumed = await CommandRun.On(Box, "retry", "--run", "held", "--json");
        Assert.Equal((2, 0, 0), Counts(resumed));
        Assert.Equal(["a", "b"], Box.Values(Box.Orders));
    }

    [Fact]
    public async Task A_run_that_was_started_again_elsewhere_ends_here()
    {
        await Box.Put("a");
        using var kafka = Kafka();
        var here = new RetryRun(kafka, kafka.Producer(), new RetryTopics(Box.Letters, Box.Runs), "shared");
        var plan = await here.Begin(new DeadLetterFilter(), null, again: false, Entry(here));
        Assert.Equal(0, (await CommandRun.On(Box, "retry", "--run", "shared")).Code);

        var stopped = await Assert.ThrowsAsync<Client.Verbs.VerbException>(() =>
            here.Work(plan, long.MaxValue, _ => { }, CancellationToken.None)
        );

        Assert.Equal("run-taken-over", stopped.Code);
        Assert.Equal(["a"], Box.Values(Box.Orders));
    }

    /// <summary>When the broker took the first record of the orders, as a letter of it says.</summary>
    string OriginTime() =>
        Box.Read(Box.Orders)[0].Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    KafkaClients Kafka() =>
        new(new KafkaConnectionOptions { BootstrapServers = Box.Servers }, TimeSpan.FromSeconds(10), "test");

    static Func<RunEvent, RunEntry> Entry(RetryRun run) => what => run.Entry(what, DateTimeOffset.UtcNow);

    static (int Retried, int Left, int Passed) Counts(CommandRun run)
    {
        var counts = run.Json.GetProperty("counts");
        return (
            counts.GetProperty("retried").GetInt32(),
            counts.GetProperty("left").GetInt32(),
            counts.GetProperty("passed").GetInt32()
        );
    }

    static string? Error(CommandRun run) => run.Json.GetProperty("error").GetProperty("code").GetString();

    static string? Named(CommandRun run) =>
        run
            .Json.GetProperty("counts")
            .GetProperty("named")
            .EnumerateArray()
            .First()
            .GetProperty("problem")
            .GetString();

    /// <summary>Holds back the acknowledgements of one topic.</summary>
    sealed class HeldProducer(IKafkaProducer inner, string topic, int records) : IKafkaProducer
    {
        readonly TaskCompletionSource<TopicPartitionOffset> _acknowledged = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _times;

        /// <summary>Ends when so many records were handed over.</summary>
        public Task Asked => _asked.Task;

        public void Fail(Exception exception) => _acknowledged.SetException(exception);

        public Task<TopicPartitionOffset> Produce(
            string to,
            ReadOnlyMemory<byte>? key,
            ReadOnlyMemory<byte>? value,
            Headers? headers = null,
            CancellationToken cancellationToken = default
        )
        {
            if (to != topic)
                return inner.Produce(to, key, value, headers, cancellationToken);
            if (Interlocked.Increment(ref _times) == records)
                _asked.TrySetResult();
            return _acknowledged.Task;
        }
    }
}

public sealed class DevelopmentBrokerRetryTests : DeadLetterRetryTests
{
    readonly KafkaDevelopmentBroker _broker = KafkaDevelopmentBroker.Start();

    public override async ValueTask InitializeAsync() => Box = await LetterBox.On(_broker);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
    }
}

public sealed class RealKafkaRetryTests : DeadLetterRetryTests
{
    public override async ValueTask InitializeAsync()
    {
        Parts.Require(Parts.Kafka is not null, "No real Kafka: set CLEARANCE_KAFKA_HOME for test.sh");
        Box = await LetterBox.On(Parts.Kafka!);
    }
}
