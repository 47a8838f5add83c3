using System.Collections.Immutable;
using System.Globalization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Receipts;
using ClearanceEngine.Rules;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Tests.Parcels;
using Xunit;

namespace ClearanceEngine.Tests.Grains;

/// <summary>Short words for what the tests of grains do. Every test has a parcel and a buyer of its own.</summary>
public abstract class GrainTest(TwoHosts hosts) : IClassFixture<TwoHosts>
{
    static int s_serial;

    internal GrainHost A => hosts.A;

    internal GrainHost B => hosts.B;

    internal MemoryStore Store => hosts.Store;

    internal Journal Journal => hosts.Journal;

    internal ShiftedTime Time => hosts.Time;

    internal FakeUnclaimed Unclaimed => hosts.Unclaimed;

    internal static SampleParcel Sample()
    {
        var number = Interlocked.Increment(ref s_serial);
        return ParcelWorld.Bonded with
        {
            OrderNo = $"G-{number}",
            Person = 100 + number,
            Serial = $"G{number}",
        };
    }

    internal static string Key(SampleParcel parcel) => GrainKey.Parcels(parcel.OrderNo);

    internal static string SubscriberKey(SampleParcel parcel) =>
        GrainKey.Subscriber(
            ParcelWorld.Rules.Identity.Hash(parcel.Order().Required(OrderHead.BuyerIdNumber))
        );

    internal static IParcelGrain Parcel(GrainHost host, SampleParcel parcel) =>
        host.Grain<IParcelGrain>(Key(parcel));

    internal static ISubscriberGrain Subscriber(GrainHost host, SampleParcel parcel) =>
        host.Grain<ISubscriberGrain>(SubscriberKey(parcel));

    internal static Task<ImmutableArray<SubmissionReply>> Submit(
        GrainHost host,
        SampleParcel parcel,
        params CebDocument[] documents
    ) => Parcel(host, parcel).Submit([.. documents.Select(Submission)]);

    internal static Submission Submission(CebDocument document) =>
        new(
            DocumentTypes.OfMessage(document.Type)!.Value,
            document,
            SampleParcel.Message(document).Transfer!,
            null,
            new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero),
            []
        );

    internal ParcelState State(SampleParcel parcel) =>
        Store.State<StoredParcel>("parcel", Key(parcel))!.Order[SampleParcel.Platform]!;

    internal Standing Stored(SampleParcel parcel) =>
        new QuotaLedger(LimitTable.Default, 3).Of(
            Store.State<QuotaState>("subscriber", SubscriberKey(parcel)) ?? new QuotaState(),
            2026
        );

    /// <summary>A receipt of customs, a moment later than the one before.</summary>
    internal CebDocument Receipt(
        DocumentType type,
        CebDocument document,
        int code,
        string? preNo = null,
        string? invtNo = null
    )
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        var receipt = OwnReceipt.Make(type, document, code, $"[Code:{code}]", Time.GetUtcNow());
        var head = receipt.Schema.Head;
        receipt = receipt.With(
            head.Find("guid")!,
            UuidV5.Of("test", Interlocked.Increment(ref s_serial).ToString(CultureInfo.InvariantCulture))
        );
        if (preNo is not null)
            receipt = receipt.With(head.Find("preNo")!, preNo);
        return invtNo is null ? receipt : receipt.With(head.Find("invtNo")!, invtNo);
    }

    internal Task Receive(GrainHost host, SampleParcel parcel, params CebDocument[] receipts) =>
        Parcel(host, parcel).Receive([.. receipts.Select(r => new CustomsAnswer(r, Time.GetUtcNow()))]);

    /// <summary>A waybill of no parcel: a claim of it changes nothing, and is answered once everything before it is stored.</summary>
    internal static DocumentKey Nobodys { get; } = new(DocumentType.Waybill, "nobody", "nothing");

    /// <summary>The name that an effect of the sample's platform has outside its parcel.</summary>
    internal static string Named(string effectId) =>
        new EffectName(SampleParcel.Platform, effectId).ToString();

    /// <summary>Settles, and waits until that is stored.</summary>
    internal async Task Settle(GrainHost host, SampleParcel parcel, params string[] effects)
    {
        await Parcel(host, parcel)
            .Complete([.. effects.Select(d => new Completion(Named(d), Time.GetUtcNow(), $"M-{d}"))]);
        await Parcel(host, parcel).ClaimWaybill(Nobodys, "", "");
    }

    /// <summary>It has looked for what waits for it: no write of its own is to come.</summary>
    internal Task Sought(SampleParcel parcel) =>
        Until(() => State(parcel).Outbox.All(o => o is not SeekUnmatched));

    /// <summary>All four documents in and matched, the quota reserved.</summary>
    internal async Task Reserve(GrainHost host, SampleParcel parcel)
    {
        await Submit(host, parcel, parcel.Order(), parcel.Payment(), parcel.Waybill(), parcel.List());
        await Until(() => State(parcel).Status == ParcelStatus.Reserved);
    }

    /// <summary>The list is on its way.</summary>
    internal async Task Declare(GrainHost host, SampleParcel parcel)
    {
        await Reserve(host, parcel);
        await Settle(host, parcel, "order/1", "payment/1");
        await Receive(
            host,
            parcel,
            Receipt(DocumentType.Order, parcel.Order(), 2),
            Receipt(DocumentType.Payment, parcel.Payment(), 2)
        );
        await Settle(host, parcel, "waybill/1");
        await Receive(host, parcel, Receipt(DocumentType.Waybill, parcel.Waybill(), 2));
        await Settle(host, parcel, "list/1");
        Assert.Equal(ParcelStatus.Declared, State(parcel).Status);
    }

    /// <summary>Customs has released it; the post of the quota is in the outbox or done.</summary>
    internal async Task Release(GrainHost host, SampleParcel parcel)
    {
        await Declare(host, parcel);
        await Receive(
            host,
            parcel,
            Receipt(
                DocumentType.DeclarationList,
                parcel.List(),
                120,
                $"B{parcel.Serial}",
                $"I{parcel.Serial}"
            ),
            Receipt(
                DocumentType.DeclarationList,
                parcel.List(),
                800,
                $"B{parcel.Serial}",
                $"I{parcel.Serial}"
            )
        );
    }

    /// <summary>Many calls to and fro: what could be done or answered before them was.</summary>
    internal static async Task Quiet(GrainHost host)
    {
        for (var i = 0; i < 50; i++)
            await host.Grain<ISubscriberGrain>("s/nobody").Standing(2026);
    }

    internal Task Heard(GrainHost host, string what, string key, int times = 1) =>
        Until(() => Journal.Count(host.Name, what, key) >= times);

    internal static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    internal static async Task Until(Func<Task<bool>> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); !await condition(); )
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come about in 30 s.");
            await Task.Delay(5);
        }
    }
}
