using ClearanceEngine.Parcels;
using ClearanceEngine.Simulator.Samples;
using Orleans.Storage;
using Xunit;

namespace ClearanceEngine.Tests.Storage;

/// <summary>A state with a journal: what is large is written once, and what is read is what was written (ADR 024).</summary>
public abstract partial class StorageConformance
{
    static readonly string ParcelKey = GrainKey.Parcels("SNAPSHOT-1");

    static readonly DateTimeOffset Noon = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    static readonly SampleParcel Sample = new()
    {
        OrderNo = "SNAPSHOT-1",
        Mode = "1210",
        Person = 7,
        Serial = "77",
        At = Noon,
    };

    [Fact]
    public async Task What_is_large_is_written_once_and_the_row_stays_small()
    {
        var parcel = await Silo.Activate<StoredParcel>(ParcelKey, "parcel");
        for (var write = 1; write <= 5; write++)
            await Enter(parcel, $"step {write}");

        var row = (await Silo.Database.Read([new("parcel", ParcelKey)]))[0]!;
        Assert.Equal(5, row.Journal.Count);
        Assert.InRange(row.Journal[0].Length, Sample.Order().Packed.Length, int.MaxValue);
        Assert.All(row.Journal.Skip(1).Append(row.Payload), small =>
            Assert.InRange(small.Length, 1, Sample.Order().Packed.Length - 1)
        );
    }

    [Fact]
    public async Task A_new_activation_has_documents_and_timeline_of_the_journal_and_goes_on_with_it()
    {
        var first = await Silo.Activate<StoredParcel>(ParcelKey, "parcel");
        await Enter(first, "one");
        await Enter(first, "two");

        var second = await Silo.Activate<StoredParcel>(ParcelKey, "parcel");
        Assert.Equal(["one", "two"], Steps(second));
        Assert.True(second.State.Order.Parcels[0].Documents[0].Document.SameAs(Sample.Order()));
        await Enter(second, "three");

        Assert.Equal(["one", "two", "three"], Steps(await Silo.Activate<StoredParcel>(ParcelKey, "parcel")));
    }

    [Fact]
    public async Task An_activation_that_moved_to_another_silo_goes_on_with_its_journal()
    {
        var parcel = await Silo.Activate<StoredParcel>(ParcelKey, "parcel");
        await Enter(parcel, "one");
        parcel.Move();
        await Enter(parcel, "two");

        var row = (await Silo.Database.Read([new("parcel", ParcelKey)]))[0]!;
        Assert.InRange(row.Journal[1].Length, 1, Sample.Order().Packed.Length - 1);
        Assert.Equal(["one", "two"], Steps(await Silo.Activate<StoredParcel>(ParcelKey, "parcel")));
    }

    [Fact]
    public async Task A_write_that_lost_its_version_leaves_the_journal_as_it_was()
    {
        var winner = await Silo.Activate<StoredParcel>(ParcelKey, "parcel");
        var loser = await Silo.Activate<StoredParcel>(ParcelKey, "parcel");
        await Enter(winner, "won");
        await Assert.ThrowsAsync<InconsistentStateException>(() => Enter(loser, "lost"));
        Assert.Equal(["won"], Steps(await Silo.Activate<StoredParcel>(ParcelKey, "parcel")));
    }

    /// <summary>A parcel with its order, one step further; stored as its grain stores it.</summary>
    static async Task Enter(Activation<StoredParcel> parcel, string step)
    {
        var entry = new TimelineEntry(Noon, ParcelStatus.Collecting, "test", step);
        var known = parcel.State.Order[SampleParcel.Platform] ?? new ParcelState();
        var next = known with
        {
            EbpCode = SampleParcel.Platform,
            CreatedAt = Noon,
            Documents = known.Documents.IsEmpty ? [Order()] : known.Documents,
            Timeline = known.Timeline.Add(entry),
        };
        parcel.Holder.State = parcel.State.After(
            new OrderDecision(
                parcel.State.Order.With(next),
                new Decision(next),
                [new JournalEntry(Noon, new Woken(), [entry], SampleParcel.Platform)]
            )
        );
        var unstored = parcel.State.Unstored.Length;
        await parcel.Write();
        parcel.Holder.State = parcel.State.WithStored(unstored);
    }

    static ParcelDocument Order() =>
        new()
        {
            Document = Sample.Order(),
            Sender = SampleParcel.Message(Sample.Order()).Transfer!,
            ReceivedAt = Noon,
            Revision = 1,
            Owner = SampleParcel.Platform,
        };

    static IEnumerable<string> Steps(Activation<StoredParcel> parcel) =>
        parcel.State.Order.Parcels[0].Timeline.Select(entry => entry.Text);
}
