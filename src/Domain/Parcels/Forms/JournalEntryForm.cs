using System.Collections.Immutable;
using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Parcels.Forms;

/// <summary>An entry of the journal: what came of it first, for that is read whenever the parcel is.</summary>
static class JournalEntryForm
{
    public static void Write(FormWriter to, JournalEntry entry)
    {
        var block = to.Begin();
        to.Time(entry.At);
        to.Text(entry.EbpCode);
        ParcelForm.WriteAll(to, entry.Outcome, WriteStep);
        InputForm.Write(to, entry.Input);
        to.End(block);
    }

    public static JournalEntry Read(FormReader from)
    {
        var block = from.Begin();
        var (at, ebpCode) = (from.Time(), from.Word());
        var outcome = ParcelForm.ReadAll(from, ReadStep);
        var entry = new JournalEntry(at, InputForm.Read(from), outcome, ebpCode);
        from.End(block);
        return entry;
    }

    /// <summary>What the entry added to the timeline of which platform's parcel; the input is passed over.</summary>
    public static ImmutableArray<TimelineEntry> ReadOutcome(FormReader from, out string ebpCode)
    {
        var block = from.Begin();
        _ = from.Time();
        ebpCode = from.Word();
        var outcome = ParcelForm.ReadAll(from, ReadStep);
        from.End(block);
        return outcome;
    }

    static void WriteStep(FormWriter to, TimelineEntry step)
    {
        to.Time(step.At);
        to.Number((int)step.State);
        to.Text(step.Event);
        to.Text(step.Text);
    }

    static TimelineEntry ReadStep(FormReader from)
    {
        var (at, state, @event) = (from.Time(), (ParcelStatus)from.Small(), from.Word());
        return new TimelineEntry(at, state, @event, "") { Text = from.Word() };
    }
}
