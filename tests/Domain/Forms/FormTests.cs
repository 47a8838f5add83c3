using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Storage.Forms;
using ClearanceEngine.Tests.Parcels;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Forms;

/// <summary>What is written is read again, exactly; what is cut off or newer is told.</summary>
public class FormTests
{
    static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char, 0, 40],
        Gen.Guid.Select(g => g.ToString("D")),
        Gen.Guid.Select(g => g.ToString("D").ToUpperInvariant()),
        Gen.Guid.Select(g => "A" + g.ToString("D")[1..]),
        Gen.Byte.Array[0, 40].Select(Convert.ToHexStringLower),
        Gen.Const("")
    );

    static readonly Gen<DateTimeOffset> Times = Gen.Select(
        Gen.Long[0, DateTimeOffset.MaxValue.Ticks - TimeSpan.TicksPerDay],
        Gen.Int[-14 * 60, 14 * 60],
        (ticks, minutes) =>
            new DateTimeOffset(ticks + TimeSpan.TicksPerDay / 2, TimeSpan.FromMinutes(minutes))
    );

    [Fact]
    public void Texts_are_read_as_they_were() =>
        Gen.Select(Texts.Array[0, 20], Gen.Int[0, 3])
            .Sample(
                (texts, copies) =>
                {
                    var writer = new FormWriter();
                    string[] written = [.. Enumerable.Repeat(texts, copies + 1).SelectMany(t => t)];
                    writer.Texts(written);
                    writer.Text(null);

                    var reader = Reader(writer.ToBytes());
                    Assert.Equal(written, reader.Texts());
                    Assert.Null(reader.Text());
                    Assert.False(reader.HasMore);
                }
            );

    [Fact]
    public void Numbers_amounts_and_times_are_read_as_they_were() =>
        Gen.Select(Gen.Long.Array[0, 10], Gen.Decimal.Array[0, 10], Times.Array[0, 10])
            .Sample(
                (numbers, amounts, times) =>
                {
                    var writer = new FormWriter();
                    Array.ForEach(numbers, writer.Number);
                    Array.ForEach(amounts, writer.Amount);
                    Array.ForEach(times, time => writer.Time((DateTimeOffset?)time));
                    writer.Time(null);

                    var reader = Reader(writer.ToBytes());
                    Assert.All(numbers, number => Assert.Equal(number, reader.Number()));
                    Assert.All(amounts, amount =>
                        Assert.Equal(decimal.GetBits(amount), decimal.GetBits(reader.Amount()))
                    );
                    Assert.All(times, time => Assert.True(time.EqualsExact(reader.TimeOrNone()!.Value)));
                    Assert.Null(reader.TimeOrNone());
                }
            );

    [Fact]
    public void A_text_that_comes_again_takes_one_more_byte()
    {
        var writer = new FormWriter();
        writer.Text("a text of some length");
        var once = writer.ToBytes().Length;
        writer.Text("a text of some length");
        Assert.Equal(once + 1, writer.ToBytes().Length);
    }

    [Fact]
    public void Older_code_passes_over_what_a_newer_version_put_at_the_end_of_a_block()
    {
        var writer = new FormWriter();
        var block = writer.Begin();
        writer.Number(1);
        writer.Text("new in a later version");
        writer.Texts([new string('x', 300)]);
        writer.End(block);
        writer.Text("behind it");

        var reader = Reader(writer.ToBytes());
        var outer = reader.Begin();
        Assert.Equal(1, reader.Number());
        Assert.True(reader.HasMore);
        reader.End(outer);
        Assert.Equal("behind it", reader.Text());
    }

    [Fact]
    public void Newer_code_sees_that_an_older_version_ended_the_block_earlier()
    {
        var writer = new FormWriter();
        var block = writer.Begin();
        writer.Number(1);
        writer.End(block);
        writer.Number(2);

        var reader = Reader(writer.ToBytes());
        var outer = reader.Begin();
        Assert.Equal(1, reader.Number());
        Assert.False(reader.HasMore);
        reader.End(outer);
        Assert.Equal(2, reader.Number());
    }

    [Fact]
    public void Any_cut_is_told_and_nothing_else_is_thrown()
    {
        var writer = new FormWriter();
        writer.Time(DateTimeOffset.UnixEpoch);
        writer.Texts(["one", "0123456789abcdef", Guid.Empty.ToString("D")]);
        writer.Amount(1.50m);
        var form = writer.ToBytes();
        for (var length = 0; length < form.Length; length++)
            Assert.Throws<InvalidDataException>(() => ReadAll(form.AsMemory(0, length)));
        ReadAll(form);

        static void ReadAll(ReadOnlyMemory<byte> bytes)
        {
            var reader = Reader(bytes);
            _ = reader.Time();
            _ = reader.Texts();
            _ = reader.Amount();
        }
    }

    [Fact]
    public void What_is_shelved_gets_a_number_once_and_keeps_it()
    {
        var (order, payment) = (ParcelWorld.Bonded.Order(), ParcelWorld.Bonded.Payment());
        var writer = new FormWriter();
        writer.Reset(Shelf.Empty);
        writer.Shelved(order);
        writer.Shelved(order);
        Assert.Equal<IShelved>([order], writer.Added);

        var shelf = writer.NextShelf(new byte[] { 1 });
        writer.Reset(shelf);
        writer.Shelved(payment);
        writer.Shelved(order);
        writer.Shelved(null);
        Assert.Equal<IShelved>([payment], writer.Added);

        var reader = new FormReader(writer.ToBytes(), number => number == 1 ? order : payment);
        Assert.Same(payment, reader.Shelved());
        Assert.Same(order, reader.Shelved());
        Assert.Null(reader.Shelved());
        Assert.Equal(2, writer.NextShelf(default).Count);
    }

    [Fact]
    public void What_is_no_longer_referred_to_leaves_the_memory_and_its_number_is_not_given_again()
    {
        var (order, payment) = (ParcelWorld.Bonded.Order(), ParcelWorld.Bonded.Payment());
        var writer = new FormWriter();
        writer.Reset(Shelf.Empty);
        writer.Shelved(order);
        var shelf = writer.NextShelf(default);
        writer.Reset(shelf);
        shelf = writer.NextShelf(default);

        writer.Reset(shelf);
        writer.Shelved(payment);
        writer.Shelved(order);
        Assert.Equal<IShelved>([payment, order], writer.Added);
        Assert.Equal(3, writer.NextShelf(default).Count);
    }

    [Fact]
    public void A_state_from_elsewhere_finds_its_documents_by_their_bytes()
    {
        var shelf = Shelf.OfContents(
            [ParcelWorld.Bonded.Order().Packed, ParcelWorld.Bonded.Payment().Packed],
            default
        );
        var writer = new FormWriter();
        writer.Reset(shelf);
        writer.Shelved(ParcelWorld.Bonded.Payment());
        writer.Shelved(ParcelWorld.Bonded.List());
        Assert.Equal<CebDocument>([ParcelWorld.Bonded.List()], writer.Added.Cast<CebDocument>(), (a, b) =>
            a.SameAs(b)
        );
    }

    static FormReader Reader(ReadOnlyMemory<byte> form) =>
        new(form, number => throw new InvalidDataException($"Nothing is shelved under {number}."));
}
