using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator;
using ClearanceEngine.Simulator.Samples;

namespace ClearanceEngine.Tests.Chaos;

/// <summary>What a parcel is fed with, and where it must end.</summary>
enum Fate
{
    Released,
    Rejected,
    Held,

    /// <summary>Customs refuses the order.</summary>
    OrderRefused,

    /// <summary>The payment differs from the order.</summary>
    Mismatch,

    /// <summary>The payment never comes.</summary>
    Unpaid,

    /// <summary>The payment is in a currency that is refused.</summary>
    WrongCurrency,

    /// <summary>Order in two revisions; only the second agrees with the others.</summary>
    Changed,

    /// <summary>One of six costly parcels of one buyer: four fit into the year.</summary>
    Annual,
}

/// <summary>A document on its way in.</summary>
/// <param name="Parts">What of it belongs to which parcel: one part, or one a waybill of an inbound note.</param>
sealed record PlannedDocument(DocumentType Kind, CebDocument Document, ImmutableArray<PlannedParcel> Parts)
{
    public string Guid { get; } = Document[Document.Schema.Head.Find("guid")!]!;

    public (string AppTime, string Guid) Age => (Document[Document.Schema.Head.Find("appTime")!]!, Guid);
}

sealed class PlannedParcel(SampleParcel parcel, Fate fate)
{
    public SampleParcel Parcel => parcel;

    public Fate Fate => fate;

    public string Key { get; } = new ParcelName(SampleParcel.Platform, parcel.OrderNo).ToString();

    public List<PlannedDocument> Documents { get; } = [];

    /// <summary>What the buyer's quota is charged with: goods and freight.</summary>
    public long QuotaFen => parcel.Items.Sum(i => i.PriceFen * i.Quantity) + parcel.FreightFen;
}

/// <summary>A record to write, and when.</summary>
sealed record PlannedRecord(TimeSpan Due, string Topic, byte[] Body);

/// <summary>
/// Parcels of all fates, their documents in random order over a time, in messages of 1 to 100 documents, some messages
/// twice. The same seed makes the same.
/// </summary>
sealed class Workload
{
    static readonly DateTimeOffset At = new(2026, 11, 20, 10, 0, 0, CebTime.BeijingOffset);

    public required ImmutableArray<PlannedParcel> Parcels { get; init; }

    public required ImmutableArray<PlannedRecord> Records { get; init; }

    public required Dictionary<string, PlannedDocument> ByGuid { get; init; }

    /// <param name="count">Parcels, at least.</param>
    /// <param name="window">Over which records are spread.</param>
    /// <param name="seed">Of all chance.</param>
    /// <param name="first">Number of the first parcel: workloads of one port must not share numbers.</param>
    /// <param name="duplicates">Share of records that come twice.</param>
    public static Workload Make(int count, TimeSpan window, int seed, int first = 0, double duplicates = 0.1)
    {
        var random = new Random(seed);
        var parcels = new List<PlannedParcel>();
        var families = 0;
        while (parcels.Count < count)
            parcels.AddRange(Next(first + parcels.Count, ref families, random));
        Entries(parcels.Where(p => p.Parcel.Mode == "9610").ToArray(), random);

        var documents = parcels.SelectMany(p => p.Documents).Distinct().ToArray();
        random.Shuffle(documents);
        var records = new List<PlannedRecord>();
        foreach (
            var lane in documents.GroupBy(d => (d.Kind, SampleParcel.Message(d.Document).Transfer!.CopCode))
        )
        {
            var left = new Queue<PlannedDocument>(lane);
            while (left.Count > 0)
            {
                var size =
                    lane.Key.Kind == DocumentType.InboundNote
                        ? 1
                        : random.NextDouble() switch
                        {
                            < 0.5 => 1,
                            < 0.8 => random.Next(2, 11),
                            _ => random.Next(11, 101),
                        };
                CebDocument[] members =
                [
                    .. Enumerable.Range(0, Math.Min(size, left.Count)).Select(_ => left.Dequeue().Document),
                ];
                var message = SampleParcel.Message(members);
                records.Add(
                    new PlannedRecord(
                        window * random.NextDouble(),
                        TopicNames.Of(message.Type)!,
                        CebWriter.Write(message)
                    )
                );
            }
        }
        foreach (var record in records.ToArray())
        {
            if (random.NextDouble() < duplicates)
                records.Add(record with { Due = window * random.NextDouble() });
        }
        return new Workload
        {
            Parcels = [.. parcels],
            Records = [.. records.OrderBy(r => r.Due)],
            ByGuid = documents.ToDictionary(d => d.Guid, StringComparer.Ordinal),
        };
    }

    /// <summary>Both, for a checker that looks at everything.</summary>
    public Workload And(Workload other) =>
        new()
        {
            Parcels = [.. Parcels, .. other.Parcels],
            Records = [.. Records, .. other.Records],
            ByGuid = ByGuid.Concat(other.ByGuid).ToDictionary(StringComparer.Ordinal),
        };

    static PlannedParcel[] Next(int number, ref int families, Random random)
    {
        var mode = random.NextDouble() < 0.75 ? "1210" : "9610";
        return random.NextDouble() switch
        {
            < 0.03 => [Make(number, mode, Fate.Rejected, "SIM-REJECTED")],
            < 0.06 => [Make(number, mode, Fate.Held, "SIM-HELD")],
            < 0.09 => [Make(number, mode, Fate.Released, "SIM-NOANSWER")],
            < 0.12 => [Make(number, mode, Fate.Released, "SIM-DUPLICATES")],
            < 0.14 => [Make(number, mode, Fate.Released, "SIM-INSPECTED")],
            < 0.16 => [Make(number, mode, Fate.OrderRefused, "SIM-ORDERREFUSED")],
            < 0.18 => [Make(number, mode, Fate.Mismatch, "MISMATCH")],
            < 0.20 => [Make(number, mode, Fate.Unpaid, "UNPAID")],
            < 0.22 => [Make(number, mode, Fate.WrongCurrency, "CURRENCY")],
            < 0.25 => [Make(number, mode, Fate.Changed, "CHANGED")],
            < 0.26 => Family(number, 8_000 + (number / 1_000_000 * 500) + families++),
            _ => [Make(number, mode, Fate.Released, "PARCEL")],
        };
    }

    static PlannedParcel[] Family(int number, int person) =>
        [.. Enumerable.Range(0, 6).Select(i => Make(number + i, "1210", Fate.Annual, "ANNUAL", person))];

    static PlannedParcel Make(int number, string mode, Fate fate, string name, int? person = null)
    {
        var parcel = new SampleParcel
        {
            OrderNo = $"{name}-{number:D6}",
            Mode = mode,
            Person = person ?? number / 5 % 8_000,
            Serial = $"{number:D9}",
            At = At,
        };
        if (fate == Fate.Annual)
            parcel = parcel with { Items = [SampleParcel.Watch] };
        var planned = new PlannedParcel(parcel, fate);
        Add(DocumentType.Order, (fate == Fate.Changed ? parcel with { FreightFen = 500 } : parcel).Order());
        if (fate == Fate.Changed)
            Add(DocumentType.Order, (parcel with { AppType = "2", Revision = 2 }).Order());
        if (fate == Fate.Mismatch)
            Add(DocumentType.Payment, (parcel with { PaidFen = 1 }).Payment());
        else if (fate == Fate.WrongCurrency)
            Add(DocumentType.Payment, parcel.Payment().With(PaymentHead.Currency, "840"));
        else if (fate != Fate.Unpaid)
            Add(DocumentType.Payment, parcel.Payment());
        Add(DocumentType.Waybill, parcel.Waybill());
        Add(DocumentType.DeclarationList, parcel.List());
        return planned;

        void Add(DocumentType type, CebDocument document) =>
            planned.Documents.Add(new PlannedDocument(type, document, [planned]));
    }

    /// <summary>Inbound notes of 1 to 20 parcels that came together.</summary>
    static void Entries(PlannedParcel[] parcels, Random random)
    {
        random.Shuffle(parcels);
        for (var from = 0; from < parcels.Length; )
        {
            var members = parcels.Skip(from).Take(random.Next(1, 21)).ToImmutableArray();
            from += members.Length;
            var note = new PlannedDocument(
                DocumentType.InboundNote,
                members[0].Parcel.InboundNote([.. members.Skip(1).Select(m => m.Parcel)]),
                members
            );
            foreach (var member in members)
                member.Documents.Add(note);
        }
    }
}
