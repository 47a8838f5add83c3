using System.Text;
using System.Text.Json.Nodes;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Participants;
using ClearanceEngine.Rules;
using ClearanceEngine.Silo.Storage;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage.Forms;
using ClearanceEngine.Subscribers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace ClearanceEngine.Tests.Storage;

/// <summary>
/// Rows that earlier versions wrote stay readable, from format 4 on (ADR 024): each file of Golden is a row and its journal, a line
/// each, with what they say as JSON. When states grow, add a pair; never change one that is there.
/// </summary>
public sealed class GoldenStateTests
{
    static readonly StateFormat Format = Make();
    static readonly RowKey Key = new("parcel", GrainKey.Parcels("GOLDEN-1"));

    [Theory]
    [InlineData("parcel-format-4")]
    public async Task A_row_of_an_earlier_version_says_what_it_said(string name)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "Storage", "Golden");
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(directory, $"{name}.base64"),
            TestContext.Current.CancellationToken
        );
        var row = new StateRow(7, Guid.Empty, Convert.FromBase64String(lines[0]))
        {
            Journal = [.. lines.Skip(1).Select(Convert.FromBase64String)],
        };
        var expected = await File.ReadAllTextAsync(
            Path.Combine(directory, $"{name}.json"),
            TestContext.Current.CancellationToken
        );
        Says(JsonNode.Parse(expected), JsonNode.Parse(StateJson.Write(Key, row, Format)), "$");
    }

    /// <summary>Writes a new pair where <c>CLEARANCE_WRITE_GOLDEN</c> names a directory: for a new format, by hand.</summary>
    [Fact]
    public async Task A_golden_pair_can_be_written()
    {
        var directory = Environment.GetEnvironmentVariable("CLEARANCE_WRITE_GOLDEN")
            ?? Directory.CreateTempSubdirectory("clearance-golden-").FullName;
        var row = Stored(Reserving());
        string[] lines = [.. row.Journal.Prepend(row.Payload).Select(Convert.ToBase64String)];
        var path = Path.Combine(directory, "parcel-format-4");
        await File.WriteAllLinesAsync($"{path}.base64", lines, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            $"{path}.json",
            StateJson.Write(Key, row, Format),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            2,
            (await File.ReadAllLinesAsync($"{path}.base64", TestContext.Current.CancellationToken)).Length
        );
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

        var error = Assert.Throws<InvalidDataException>(() =>
            StateJson.Write(Key, new StateRow(7, Guid.Empty, row), Format)
        );
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
        var text = StateJson.Write(Key, Stored(Reserving()), Format);
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
        var parcel = new StoredParcel
        {
            Order = new OrderParcels { Parcels = [Reserving().Order.Parcels[0] with { Timeline = [entry] }] },
            Unstored = [new JournalEntry(default, new Woken(), [entry], SampleParcel.Platform)],
        };

        var text = StateJson.Write(Key, Stored(parcel), Format);
        Assert.Same(text, VisibleText.Lines(text));
        Assert.Equal(
            Hostile,
            (string?)JsonNode.Parse(text)!["state"]!["parcels"]![0]!["timeline"]![0]!["text"]
        );
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
    static StoredParcel Reserving()
    {
        var now = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);
        CebDocument[] documents = [Sample.Order(), Sample.Payment(), Sample.Waybill(), Sample.List()];
        var left = new EffectName(SampleParcel.Platform, "order/1").ToString();
        OrderInput[] inputs =
        [
            .. documents.Select(document => new OrderInput(new DocumentArrived(Submission(document, now)))),
            new(new EffectCompleted(new Completion(left, now, "M-1"))),
        ];

        var rules = new ParcelRules(
            new CustomsPortOptions(),
            new ParcelOptions(),
            LimitTable.Default,
            new TaxCalculator(TaxRates.Sample, new TaxOptions()),
            new SubscriberIdentity(new IdentityOptions { HmacKey = Convert.ToBase64String(new byte[32]) })
        );
        var parcel = new StoredParcel();
        foreach (var input in inputs)
            parcel = parcel.After(OrderStep.Decide(Sample.OrderNo, parcel.Order, input, rules, now));
        return parcel;
    }

    static Submission Submission(CebDocument document, DateTimeOffset now) =>
        new(
            DocumentTypes.OfMessage(document.Type)!.Value,
            document,
            SampleParcel.Message(document).Transfer!,
            null,
            now,
            []
        );

    /// <summary>The row and the journal of its first write.</summary>
    static StateRow Stored(StoredParcel parcel)
    {
        var written = Format.Write(Key, parcel, IndexNames.Of(parcel), Shelf.Empty);
        return new StateRow(7, Guid.Empty, written.Payload) { Journal = [written.Journal!] };
    }

    [Fact]
    public void A_journal_that_is_not_whole_or_is_another_rows_is_told()
    {
        var first = Format.Write(Key, Reserving(), IndexNames.None, Shelf.Empty);
        var more = Reserving().WithStored(Reserving().Unstored.Length);
        var closed = new JournalEntry(default, new CloseOrdered("closed"), [], SampleParcel.Platform);
        var second = Format.Write(Key, more with { Unstored = [closed] }, IndexNames.None, first.Shelf);

        Assert.Equal("GOLDEN-1", Read(first.Journal!, second.Journal!).Order.Parcels[0].OrderNo);
        Assert.Throws<InvalidDataException>(() => Read(first.Journal!));
        Assert.Throws<InvalidDataException>(() => Read(second.Journal!));
        Assert.Throws<InvalidDataException>(() => Read(second.Journal!, first.Journal!));
        Assert.Throws<InvalidDataException>(() => Read(first.Journal!, first.Journal!, second.Journal!));
        Assert.Throws<InvalidDataException>(() => Read());

        // As many documents and steps, but another history: only the chain tells.
        var parcel = Reserving();
        var last = parcel.Unstored[^1];
        var entries = parcel.Unstored.SetItem(
            parcel.Unstored.Length - 1,
            new JournalEntry(last.At, new Woken(), last.Outcome, last.EbpCode)
        );
        var another = Format.Write(Key, parcel with { Unstored = entries }, IndexNames.None, Shelf.Empty);
        Assert.Throws<InvalidDataException>(() => Read(another.Journal!, second.Journal!));

        StoredParcel Read(params byte[][] journal) =>
            Format
                .Read<StoredParcel>(Key, new StateRow(2, Guid.Empty, second.Payload) { Journal = journal })
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
