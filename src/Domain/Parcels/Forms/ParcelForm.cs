using System.Collections.Immutable;
using ClearanceEngine.Ceb;
using ClearanceEngine.Rules;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>
/// The snapshot of a parcel (ADR 024). Documents and receipts stand in the journal, and so does the timeline, of which the
/// snapshot says only how long it is. A newer version may add to the end of a block, never in between.
/// </summary>
static class ParcelForm
{
    public static void Write(FormWriter to, ParcelState parcel)
    {
        var block = to.Begin();
        to.Time(parcel.CreatedAt);
        to.Text(parcel.EbpCode);
        to.Text(parcel.OrderNo);
        to.Number((int)parcel.Status);
        to.Number(parcel.Attempt);
        WriteAll(to, parcel.Documents, DocumentForm.Write);
        WriteAll(to, parcel.Receipts, WriteReceipt);
        WriteAll(to, parcel.Refusals, WriteRefusal);
        // Behind what is kept: it refers to that, and carries what is not.
        WriteAll(to, parcel.Outbox, EffectForm.Write);
        ProblemForm.WriteAll(to, parcel.Problems);
        WriteQuota(to, parcel.Quota);
        to.Text(parcel.PreNo);
        to.Text(parcel.InvtNo);
        WriteAll(to, parcel.TaxBills, WriteTaxBill);
        to.Number(parcel.Timeline.Length);
        WriteTax(to, parcel.Estimate);
        WriteProgress(to, parcel);
        to.End(block);
    }

    /// <summary>The parcel without its timeline; <paramref name="timelineLength"/> says how much of the journal's it keeps.</summary>
    public static ParcelState Read(FormReader from, out int timelineLength)
    {
        var block = from.Begin();
        var parcel = new ParcelState
        {
            CreatedAt = from.TimeOrNone(),
            EbpCode = from.Word(),
            OrderNo = from.Word(),
            Status = (ParcelStatus)from.Small(),
            Attempt = from.Small(),
            Documents = ReadAll(from, DocumentForm.Read),
            Receipts = ReadAll(from, ReadReceipt),
            Refusals = ReadAll(from, ReadRefusal),
            Outbox = ReadAll(from, EffectForm.Read),
            Problems = ProblemForm.ReadAll(from),
            Quota = ReadQuota(from),
            PreNo = from.Text(),
            InvtNo = from.Text(),
            TaxBills = ReadAll(from, ReadTaxBill),
        };
        timelineLength = from.Small();
        parcel = ReadProgress(from, parcel with { Estimate = ReadTax(from) });
        from.End(block);
        return parcel;
    }

    /// <summary>What the steps keep for themselves.</summary>
    static void WriteProgress(FormWriter to, ParcelState parcel)
    {
        to.Time(parcel.RedriveAt);
        to.Texts(parcel.Sought);
        to.Texts(parcel.EarlierKeys);
        to.Number(parcel.StatusBefore is { } before ? (int)before + 1 : 0);
        to.Number(parcel.ReturnedQuantities.Count);
        foreach (var (line, quantity) in parcel.ReturnedQuantities)
        {
            to.Number(line);
            to.Amount(quantity);
        }
        to.Number(parcel.LastRevisions.Count);
        foreach (var (type, revision) in parcel.LastRevisions)
        {
            to.Number((int)type);
            to.Number(revision);
        }
        to.Number(parcel.Asked);
        to.Time(parcel.ReleasedAt);
        to.Time(parcel.DepartedAt);
        WriteAll(to, parcel.Elsewhere, DocumentForm.WriteKey);
        to.Number(parcel.Seeks);
        to.Time(parcel.ClosedAt);
        to.Text(parcel.ClosedReason);
        WriteBytes(to, parcel.JournalBytes);
        to.Number(parcel.LooksMade);
    }

    static ParcelState ReadProgress(FormReader from, ParcelState parcel) =>
        parcel with
        {
            RedriveAt = from.TimeOrNone(),
            Sought = [.. from.Texts()],
            EarlierKeys = [.. from.Texts()],
            StatusBefore = from.Small() is > 0 and var before ? (ParcelStatus)(before - 1) : null,
            ReturnedQuantities = ReadQuantities(from),
            LastRevisions = ReadRevisions(from),
            Asked = from.Small(),
            ReleasedAt = from.TimeOrNone(),
            DepartedAt = from.TimeOrNone(),
            Elsewhere = ReadAll(from, DocumentForm.ReadKey),
            Seeks = from.Small(),
            ClosedAt = from.TimeOrNone(),
            ClosedReason = from.Text(),
            JournalBytes = ReadBytes(from),
            LooksMade = from.Small(),
        };

    public static void WriteBytes(FormWriter to, ImmutableSortedDictionary<string, long> bytes)
    {
        to.Number(bytes.Count);
        foreach (var (company, count) in bytes)
        {
            to.Text(company);
            to.Number(count);
        }
    }

    public static ImmutableSortedDictionary<string, long> ReadBytes(FormReader from)
    {
        var bytes = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        for (var left = from.Count(); left > 0; left--)
            bytes.Add(from.Word(), from.Number());
        return bytes.ToImmutable();
    }

    static ImmutableSortedDictionary<int, decimal> ReadQuantities(FormReader from)
    {
        var quantities = ImmutableSortedDictionary.CreateBuilder<int, decimal>();
        for (var left = from.Count(); left > 0; left--)
            quantities.Add(from.Small(), from.Amount());
        return quantities.ToImmutable();
    }

    static ImmutableSortedDictionary<DocumentType, int> ReadRevisions(FormReader from)
    {
        var revisions = ImmutableSortedDictionary.CreateBuilder<DocumentType, int>();
        for (var left = from.Count(); left > 0; left--)
            revisions.Add((DocumentType)from.Small(), from.Small());
        return revisions.ToImmutable();
    }

    public static void WriteReceipt(FormWriter to, KeptReceipt kept)
    {
        var block = to.Begin();
        to.Number((int)kept.Type);
        to.Shelved(kept.Receipt);
        to.Flag(kept.IsOwn);
        to.Flag(kept.Applied);
        to.Text(kept.About);
        to.Flag(kept.IsOutdated);
        to.End(block);
    }

    public static KeptReceipt ReadReceipt(FormReader from)
    {
        var block = from.Begin();
        var kept = new KeptReceipt(
            (DocumentType)from.Small(),
            DocumentForm.Content(from),
            from.Flag(),
            from.Flag(),
            from.Text(),
            from.Flag()
        );
        from.End(block);
        return kept;
    }

    static void WriteRefusal(FormWriter to, Refusal refusal)
    {
        var block = to.Begin();
        to.Number((int)refusal.Type);
        to.Text(refusal.Guid);
        ProblemForm.WriteAll(to, refusal.Problems);
        to.Time(refusal.At);
        to.Text(refusal.AppTime);
        to.Flag(refusal.EarlyDelete is not null);
        if (refusal.EarlyDelete is { } deletion)
            SubmissionForm.Write(to, deletion);
        DocumentForm.WriteKey(to, refusal.Key);
        to.Text(refusal.Owner);
        to.End(block);
    }

    static Refusal ReadRefusal(FormReader from)
    {
        var block = from.Begin();
        var refusal = new Refusal(
            (DocumentType)from.Small(),
            from.Word(),
            ProblemForm.ReadAll(from),
            from.Time(),
            from.Word(),
            from.Flag() ? SubmissionForm.Read(from) : null,
            DocumentForm.ReadKey(from),
            from.Word()
        );
        from.End(block);
        return refusal;
    }

    static void WriteQuota(FormWriter to, ParcelQuota? quota)
    {
        to.Flag(quota is not null);
        if (quota is null)
            return;
        var block = to.Begin();
        to.Number(quota.Attempt);
        to.Text(quota.Subscriber);
        to.Number(quota.Year);
        to.Number(quota.AmountFen);
        to.Number((int)quota.Stage);
        to.Flag(quota.OneItem);
        to.Number(quota.GivenBackFen);
        to.End(block);
    }

    static ParcelQuota? ReadQuota(FormReader from)
    {
        if (!from.Flag())
            return null;
        var block = from.Begin();
        var quota = new ParcelQuota(
            from.Small(),
            from.Word(),
            from.Small(),
            from.Number(),
            (QuotaStage)from.Small(),
            from.Flag(),
            from.Number()
        );
        from.End(block);
        return quota;
    }

    static void WriteTaxBill(FormWriter to, TaxBillView bill)
    {
        var block = to.Begin();
        to.Text(bill.TaxNo);
        to.Text(bill.Status);
        to.Number(bill.CustomsTaxFen);
        to.Number(bill.ValueAddedTaxFen);
        to.Number(bill.ConsumptionTaxFen);
        to.Text(bill.EntDutyNo);
        to.Time(bill.Time);
        to.End(block);
    }

    static TaxBillView ReadTaxBill(FormReader from)
    {
        var block = from.Begin();
        var bill = new TaxBillView(
            from.Word(),
            from.Word(),
            from.Number(),
            from.Number(),
            from.Number(),
            from.Text(),
            from.Time()
        );
        from.End(block);
        return bill;
    }

    static void WriteTax(FormWriter to, Tax? tax)
    {
        to.Flag(tax is not null);
        if (tax is not { } some)
            return;
        to.Number(some.DutiableFen);
        to.Number(some.TariffFen);
        to.Number(some.ConsumptionTaxFen);
        to.Number(some.ValueAddedTaxFen);
    }

    static Tax? ReadTax(FormReader from) =>
        from.Flag() ? new Tax(from.Number(), from.Number(), from.Number(), from.Number()) : null;

    internal static void WriteAll<T>(FormWriter to, ImmutableArray<T> items, Action<FormWriter, T> write)
    {
        to.Number(items.Length);
        foreach (var item in items)
            write(to, item);
    }

    internal static ImmutableArray<T> ReadAll<T>(FormReader from, Func<FormReader, T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>(from.Count());
        for (var left = items.Capacity; left > 0; left--)
            items.Add(read(from));
        return items.MoveToImmutable();
    }
}
