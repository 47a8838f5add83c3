using ClearanceEngine.Client.DeadLetters;
using ClearanceEngine.DevelopmentBroker;
using Xunit;

namespace ClearanceEngine.Tests;

/// <summary>What list and show tell of the dead letters.</summary>
public sealed class DeadLetterListTests : IAsyncLifetime
{
    static readonly DateTimeOffset Night = new(2026, 11, 28, 18, 0, 0, TimeSpan.Zero);

    readonly KafkaDevelopmentBroker _broker = KafkaDevelopmentBroker.Start();
    LetterBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await LetterBox.On(_broker);

    public async ValueTask DisposeAsync()
    {
        _box.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_list_that_is_cut_says_so_and_its_pages_together_hold_every_letter_once()
    {
        for (var i = 0; i < 7; i++)
            await _box.Put($"letter {i}", partition: i % 2);

        var seen = new List<string>();
        var from = "0:0";
        for (var more = 4; from is not null; more = Math.Max(0, more - 3))
        {
            var page = await CommandRun.On(_box, "list", "--limit", "3", "--from", from, "--json");
            Assert.Equal(0, page.Code);
            seen.AddRange(Positions(page));
            from = page.Json.GetProperty("next").GetString();
            Assert.Equal(from is not null, page.Json.GetProperty("cut").GetBoolean());
            Assert.Equal(more, page.Json.GetProperty("more").GetInt64());
            Assert.False(page.Json.GetProperty("moreIsAtLeast").GetBoolean());
        }

        Assert.Equal(["0:0", "0:1", "0:2", "0:3", "1:0", "1:1", "1:2"], seen);
        var table = await CommandRun.On(_box, "list", "--limit", "3");
        Assert.Contains("4 more", table.Output, StringComparison.Ordinal);
        Assert.Contains("--from 0:3", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_letters_that_take_too_long_to_count_the_number_is_told_as_a_least_one()
    {
        var counted = 0;
        var page = DeadLetterPage.Of(Endless(), _ => true, 10, () => ++counted == 25);
        Assert.Equal(
            (10, true, 25L, true, "0:10"),
            (page.Letters.Count, page.Cut, page.More, page.MoreIsAtLeast, page.Next)
        );
    }

    [Fact]
    public void Where_the_count_ends_before_another_is_found_the_next_page_begins_there()
    {
        var page = DeadLetterPage.Of(Endless(), _ => false, 0, () => true);
        Assert.Equal((true, 0L, true, "0:0"), (page.Cut, page.More, page.MoreIsAtLeast, page.Next));
    }

    [Theory]
    [InlineData("0:1", "--reason", "not-xml")]
    [InlineData("0:2", "--topic", "other")]
    [InlineData("0:1,0:2", "--since", "2026-11-29T02:30")]
    [InlineData("0:0,0:1", "--until", "2026-11-28T20:00Z")]
    [InlineData("0:1", "--since", "2026-11-29T03:00+08:00", "--until", "2026-11-29T04:00+08:00")]
    [InlineData("", "--since", "1m", "--reason", "not-xml")]
    public async Task Letters_are_found_by_reason_topic_and_the_time_they_were_parked(
        string found,
        params string[] filter
    )
    {
        await _box.Put("a", parked: Night);
        await _box.Put("b", "not-xml", parked: Night.AddHours(1));
        await _box.Put("c", topic: "other", parked: Night.AddHours(2));

        var list = await CommandRun.On(_box, ["list", "--json", .. filter]);

        Assert.Equal(found, string.Join(',', Positions(list)));
        Assert.False(list.Json.GetProperty("cut").GetBoolean());
    }

    [Fact]
    public async Task A_letter_is_shown_with_cause_remedy_and_headers_and_id_numbers_only_masked()
    {
        const string Order =
            "<ceb:orderNo>110105194912310021</ceb:orderNo><ceb:buyerIdNumber>11010519491231002X</ceb:buyerIdNumber>"
            + "<ceb:payerIdNumber><![CDATA[E12345678]]></ceb:payerIdNumber><note>his 11010519491231002X\u001b[2J</note>"
            + "\"buyerIdNumber\" : \"E87654321\"";
        await _box.Put(Order, "sender-unknown", key: "11010519491231002X");

        var shown = await CommandRun.On(_box, "show", "0", "0");

        Assert.Equal(0, shown.Code);
        Assert.Contains("企业名录", shown.Output, StringComparison.Ordinal);
        Assert.Contains("register it", shown.Output, StringComparison.Ordinal);
        Assert.Contains("dl-detail", shown.Output, StringComparison.Ordinal);
        Assert.Contains("坏了 it broke", shown.Output, StringComparison.Ordinal);
        Assert.Contains("<ceb:orderNo>110105194912310021<", shown.Output, StringComparison.Ordinal);
        foreach (var hidden in (string[])["11010519491231002X", "E12345678", "E87654321", "\u001b"])
            Assert.DoesNotContain(hidden, shown.Output, StringComparison.Ordinal);

        var json = (await CommandRun.On(_box, "show", "0", "0", "--json")).Json;
        Assert.Equal("sender-unknown", json.GetProperty("letter").GetProperty("reason").GetString());
        Assert.True(json.GetProperty("retryHelps").GetBoolean());
        Assert.DoesNotContain("11010519491231002X", json.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-letter", 1, "show", "0", "5")]
    [InlineData("no-letter", 1, "show", "9", "0")]
    [InlineData("no-letter", 1, "retry", "--at", "0:5")]
    [InlineData("no-filter", 2, "retry")]
    [InlineData("bad-limit", 2, "list", "--limit", "0")]
    [InlineData("bad-position", 2, "list", "--from", "x")]
    [InlineData("bad-position", 2, "retry", "--at", "1:")]
    [InlineData("bad-time", 2, "list", "--since", "yesterday")]
    [InlineData("bad-time", 2, "list", "--since", "99999999d")]
    [InlineData("bad-run-name", 2, "retry", "--all", "--run", "A b")]
    [InlineData("usage", 2, "show", "0")]
    [InlineData("usage", 2, "list", "--limit", "many")]
    public async Task A_mistake_is_told_by_code_as_json_and_in_words_without_a_stack_trace(
        string error,
        int code,
        params string[] arguments
    )
    {
        await _box.Put("a");
        var json = await CommandRun.On(_box, [.. arguments, "--json"]);
        Assert.Equal(code, json.Code);
        Assert.Equal(error, json.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.NotEqual("", json.Json.GetProperty("error").GetProperty("text").GetString());

        var words = await CommandRun.On(_box, arguments);
        Assert.Equal(code, words.Code);
        Assert.DoesNotContain("   at ", words.Output, StringComparison.Ordinal);
    }

    static IEnumerable<string> Positions(CommandRun list) =>
        list.Json.GetProperty("letters").EnumerateArray().Select(l => l.GetProperty("position").GetString()!);

    static IEnumerable<DeadLetterEntry> Endless()
    {
        for (var offset = 0L; ; offset++)
            yield return new DeadLetterEntry(0, offset, Night, "r", "d", "t", 0, offset, "", "1", 0, false);
    }
}
