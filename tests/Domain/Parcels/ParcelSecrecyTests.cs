using System.Text.Encodings.Web;
using System.Text.Json;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Simulator.Samples;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Parcels;

/// <summary>
/// Whatever came to a parcel, in whatever order: what one company is shown, answered and sent has no value that another one wrote
/// (rule 16, ADR 028). Every value is marked with its writer.
/// </summary>
public class ParcelSecrecyTests
{
    const string Stranger = "9999900077";

    static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    static readonly string[] Companies =
    [
        SampleParcel.Platform,
        SampleParcel.Merchant,
        SampleParcel.Payer,
        SampleParcel.Carrier,
        SampleParcel.Warehouse,
        Stranger,
    ];

    /// <summary>Fields that say who and where a person is, what is bought, and what a document is called.</summary>
    static readonly string[] Marked =
    [
        "buyerName",
        "consignee",
        "payerName",
        "buyerTelephone",
        "consigneeTelephone",
        "telephone",
        "consigneeAddress",
        "note",
        "goodsInfo",
        "copNo",
        "payTransactionId",
        "logisticsNo",
    ];

    /// <summary>A document and whose it is; the stranger's are of the same order, under its own numbers or, in vain, another's.</summary>
    sealed record Sent(string Sender, CebDocument Document);

    [Fact]
    public void No_company_learns_what_another_has_written() =>
        Gen.Select(Gen.Int[0, Documents.Length - 1], Gen.Int[0, 3], Gen.Int[-1, Codes.Length - 1])
            .Array[1, 14]
            .Sample(Play, iter: 600);

    static readonly int[] Codes = [2, 100, 120, 777, -621018, 800, 3];

    static readonly Sent[] Documents = MakeDocuments();

    static bool Play((int Document, int Revision, int Code)[] steps)
    {
        var world = new ParcelWorld(ParcelWorld.Bonded);
        foreach (var (index, revision, code) in steps)
        {
            var sent = Documents[index];
            var reply = world.SubmitBy(sent.Sender, Revised(sent.Document, revision));
            NothingOfOthers(sent.Sender, JsonSerializer.Serialize(reply.Problems, Readable));

            if (code >= 0)
                AnswerAll(world, Codes[code]);
        }
        world.Settle();

        foreach (var handOn in world.HandedOn)
            NothingOfOthers(handOn.Receiver, TextOf(handOn.Receipt));
        foreach (var company in Companies)
        {
            var view = ParcelViews.Show(world.State, ParcelWorld.Rules.CustomsPort, Audience.Of([company]));
            NothingOfOthers(company, JsonSerializer.Serialize(view, Readable));
        }
        return true;
    }

    /// <summary>
    /// Customs quotes in its words what the document says. What it says of a number is for the company that gave the number, should
    /// that take the document over from who brought it first (ADR 018).
    /// </summary>
    static void AnswerAll(ParcelWorld world, int code)
    {
        world.Settle();
        foreach (var kept in world.State.Documents)
        {
            if (kept.DispatchedRevision == 0)
                continue;
            world.Now += TimeSpan.FromSeconds(1);
            var words = kept.Owner == kept.Key.Issuer ? $"退单 {MarkOf(kept.Owner)}" : "退单";
            var receipt = OwnReceipt.Make(kept.Type, kept.Document, code, words, world.Now);
            world.Decide(new ReceiptArrived(new CustomsAnswer(receipt, world.Now)));
        }
    }

    static void NothingOfOthers(string company, string text) =>
        Assert.All(Companies.Where(other => other != company), other =>
            Assert.DoesNotContain(MarkOf(other), text, StringComparison.Ordinal)
        );

    static string MarkOf(string company) => $"M{company[^2..]}K";

    static CebDocument Revised(CebDocument document, int revision)
    {
        var head = document.Schema.Head;
        return document
            .With(head.Find("guid")!, UuidV5.Of("revision", document.Guid, $"{revision}"))
            .With(head.Find("appTime")!, $"2026112010{revision:D2}00");
    }

    static Sent[] MakeDocuments() =>
        [
            Of(SampleParcel.Platform, sample => sample.Order()),
            Of(SampleParcel.Merchant, sample => sample.Order()),
            Of(SampleParcel.Payer, sample => sample.Payment()),
            Of(SampleParcel.Carrier, sample => sample.Waybill()),
            Of(SampleParcel.Carrier, sample => sample.Waybill().With(LogisticsHead.PackNo, "7")),
            Of(SampleParcel.Warehouse, sample => sample.List()),
            Of(Stranger, sample => sample.Payment().With(PaymentHead.PayCode, Stranger)),
            Of(Stranger, sample => sample.Waybill().With(LogisticsHead.LogisticsCode, Stranger)),
            Of(Stranger, sample => sample.Waybill()),
            Of(Stranger, sample => sample.List().With(InventoryHead.AgentCode, Stranger)),
        ];

    static Sent Of(string sender, Func<SampleParcel, CebDocument> make)
    {
        var goods = SampleParcel.Milk with { Name = $"{MarkOf(sender)}奶粉" };
        var document = make(ParcelWorld.Bonded with { Items = [goods] });
        foreach (var name in Marked)
        {
            if (document.Schema.Head.Find(name) is { } field && document[field] is not null)
                document = document.With(field, $"{MarkOf(sender)}{name.Length}");
        }
        return new Sent(sender, document);
    }

    static string TextOf(CebDocument receipt) =>
        string.Join('|', receipt.Schema.Head.Fields.Select(field => receipt[field]));
}
