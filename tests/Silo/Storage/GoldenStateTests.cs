using System.Text;
using System.Text.Json.Nodes;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace ClearanceEngine.Tests.Storage;

/// <summary>
/// Rows that earlier versions wrote stay readable, from format 3 on (ADR 018): each file of Golden is a row with what it says as JSON. When states
/// grow, add a pair; never change one that is there.
/// </summary>
public sealed class GoldenStateTests
{
    static readonly StateFormat Format = Make();
    static readonly RowKey Key = new("parcel", GrainKey.Parcel(SampleParcel.Platform, "GOLDEN-1"));

    [Theory]
    [InlineData("parcel-format-3")]
    public async Task A_row_of_an_earlier_version_says_what_it_said(string name)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "Storage", "Golden");
        var row = Convert.FromBase64String(
            await File.ReadAllTextAsync(
                Path.Combine(directory, $"{name}.base64"),
                TestContext.Current.CancellationToken
            )
        );
        var expected = await File.ReadAllTextAsync(
            Path.Combine(directory, $"{name}.json"),
            TestContext.Current.CancellationToken
        );
        Says(JsonNode.Parse(expected), JsonNode.Parse(StateJson.Write(Key, 7, row, [], Format)), "$");
    }

    [Fact]
    public async Task A_row_of_the_first_edition_is_refused_for_its_layout()
    {
        var file = Path.Combine(
            AppContext.BaseDirectory,
            "Storage",
            "Golden",
            "row-of-the-first-edition.base64"
        );
        var row = Convert.FromBase64String(
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)
        );

        var error = Assert.Throws<InvalidDataException>(() => StateJson.Write(Key, 7, row, [], Format));
        Assert.Contains("encrypted in another layout", error.Message, StringComparison.Ordinal);
        Assert.Contains(Key.GrainKey, error.Message, StringComparison.Ordinal);
    }

    /// <summary>All of it is there; what came later may be there as well.</summary>
    static void Says(JsonNode? expected, JsonNode? actual, string where)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                    Says(value, Assert.IsType<JsonObject>(actual)[name], $"{where}.{name}");
                break;
            case JsonArray items:
                Assert.Equal(items.Count, Assert.IsType<JsonArray>(actual).Count);
                for (var i = 0; i < items.Count; i++)
                    Says(items[i], actual[i], $"{where}[{i}]");
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(expected, actual),
                    $"{where} is {actual?.ToJsonString() ?? "nothing"}, not {expected?.ToJsonString()}"
                );
                break;
        }
    }

    [Fact]
    public void What_is_written_is_read_again_and_id_numbers_are_masked()
    {
        var state = Reserving();
        var row = Format.Write(Key, state, StateFormat.IndexKeys(state));
        var text = StateJson.Write(Key, 7, row, [], Format);
        foreach (
            var word in (string[])
                [
                    "\"orderNo\": \"GOLDEN-1\"",
                    "\"status\": \"matched\"",
                    "\"quota/reserve/1\"",
                    "\"CEB621Message\"",
                    "\"gnum\": \"1\"",
                ]
        )
            Assert.Contains(word, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            Sample.Order().Required(OrderHead.BuyerIdNumber),
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_a_sender_wrote_drives_no_terminal_and_is_read_as_it_was()
    {
        const string Hostile = "a\u001B[2J\u0085\u202Eb";
        var entry = new TimelineEntry(default, ParcelStatus.Collecting, "waiting", Hostile);
        var state = Reserving() with { Timeline = [entry] };

        var text = StateJson.Write(
            Key,
            7,
            Format.Write(Key, state, StateFormat.IndexKeys(state)),
            [],
            Format
        );
        Assert.Same(text, VisibleText.Lines(text));
        Assert.Equal(Hostile, (string?)JsonNode.Parse(text)!["state"]!["timeline"]![0]!["text"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x/1")]
    [InlineData("p/")]
    public async Task A_key_of_no_grain_is_refused(string key) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => StateJson.Show(null!, Format, key));

    static SampleParcel Sample =>
        new()
        {
            OrderNo = "GOLDEN-1",
            Mode = "1210",
            Person = 7,
            Serial = "77",
            At = new DateTimeOffset(2026, 11, 20, 10, 0, 0, CebTime.BeijingOffset),
        };

    /// <summary>All four documents are in, the quota is being reserved, the order was heard of.</summary>
    static ParcelState Reserving()
    {
        var rules = new ParcelRules(
            new CustomsPortOptions(),
            new ParcelOptions(),
            LimitTable.Default,
            new TaxCalculator(TaxRates.Sample, new TaxOptions()),
            new SubscriberIdentity(new IdentityOptions { HmacKey = Convert.ToBase64String(new byte[32]) })
        );
        var (state, now) = (new ParcelState(), new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero));
        foreach (
            var document in (CebDocument[])[Sample.Order(), Sample.Payment(), Sample.Waybill(), Sample.List()]
        )
            state = Parcel
                .Decide(
                    Key.GrainKey,
                    state,
                    new DocumentArrived(
                        new Submission(
                            DocumentTypes.OfMessage(document.Type)!.Value,
                            document,
                            SampleParcel.Message(document).Transfer!,
                            null,
                            now,
                            []
                        )
                    ),
                    rules,
                    now
                )
                .State;
        return Parcel
            .Decide(
                Key.GrainKey,
                state,
                new EffectCompleted(new Completion("order/1", now, "M-1")),
                rules,
                now
            )
            .State;
    }

    static StateFormat Make()
    {
        var keys = new StateKeyOptions();
        keys.Ring["1"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("golden key, golden key, golden k"));
        var serializer = new ServiceCollection()
            .AddSerializer(s => s.AddAssembly(typeof(ParcelState).Assembly))
            .BuildServiceProvider()
            .GetRequiredService<Serializer>();
        return new StateFormat(serializer, new StateProtection(keys));
    }
}
