using System.Collections.Immutable;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>The snapshot of the parcels of an order number (ADR 024, 025).</summary>
static class OrderForm
{
    public static void Write(FormWriter to, OrderParcels order)
    {
        var block = to.Begin();
        ParcelForm.WriteAll(to, order.Parcels, ParcelForm.Write);
        ParcelForm.WriteAll(to, order.Unmatched, WriteUnmatched);
        ParcelForm.WriteAll(to, order.Outbox, EffectForm.Write);
        to.Time(order.RedriveAt);
        ParcelForm.WriteBytes(to, order.JournalBytes);
        to.End(block);
    }

    /// <summary>The parcels without their timelines; <paramref name="timelineLengths"/> says how much of the journal's each keeps.</summary>
    public static OrderParcels Read(FormReader from, out ImmutableArray<int> timelineLengths)
    {
        var block = from.Begin();
        var parcels = ImmutableArray.CreateBuilder<ParcelState>();
        var lengths = ImmutableArray.CreateBuilder<int>();
        for (var left = from.Count(); left > 0; left--)
        {
            parcels.Add(ParcelForm.Read(from, out var length));
            lengths.Add(length);
        }
        var order = new OrderParcels
        {
            Parcels = parcels.ToImmutable(),
            Unmatched = ParcelForm.ReadAll(from, ReadUnmatched),
            Outbox = [.. ParcelForm.ReadAll(from, EffectForm.Read).Cast<ForwardReceipt>()],
            RedriveAt = from.TimeOrNone(),
            JournalBytes = ParcelForm.ReadBytes(from),
        };
        from.End(block);
        timelineLengths = lengths.ToImmutable();
        return order;
    }

    static void WriteUnmatched(FormWriter to, UnmatchedDocument waiting)
    {
        var block = to.Begin();
        SubmissionForm.Write(to, waiting.Submission);
        to.Time(waiting.Since);
        to.Time(waiting.DueAt);
        to.Flag(waiting.IsTold);
        to.End(block);
    }

    static UnmatchedDocument ReadUnmatched(FormReader from)
    {
        var block = from.Begin();
        var waiting = new UnmatchedDocument(SubmissionForm.Read(from), from.Time(), from.Time(), from.Flag());
        from.End(block);
        return waiting;
    }
}
