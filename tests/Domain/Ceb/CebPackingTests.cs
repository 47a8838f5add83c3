using ClearanceEngine.Ceb;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Tests.Parcels;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>Documents as the store keeps them; the bytes here were written by earlier versions and must stay readable.</summary>
public sealed class CebPackingTests
{
    static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer(s => s.AddAssembly(typeof(CebDocument).Assembly))
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    [Fact]
    public void Any_document_comes_back_text_by_text() =>
        Gen.Select(
                Gen.Int[0, 3]
                    .Select(i =>
                        (
                            (CebType[])
                                [
                                    CebType.Order,
                                    CebType.DeclarationList,
                                    CebType.InboundNote,
                                    CebType.PaymentReceipt,
                                ]
                        )[i]
                    ),
                Gen.String[Gen.Char["aZ09 <&\u4E2D\u00E9\0"], 0, 300].Null().Array[60],
                Gen.Int[0, 5]
            )
            .Sample(
                (type, texts, lines) =>
                {
                    var schema = CebSchema.Of(type);
                    var next = 0;
                    string?[] Take(int count) =>
                        [.. Enumerable.Range(0, count).Select(_ => texts[next++ % texts.Length])];
                    var document = new CebDocument(
                        type,
                        Take(schema.Head.Fields.Length),
                        schema.Line is { } line
                            ? [.. Enumerable.Range(0, lines).Select(_ => Take(line.Fields.Length))]
                            : []
                    );
                    Assert.True(document.SameAs(Again(document)));
                },
                iter: 300
            );

    [Fact]
    public void A_document_that_stands_twice_in_a_state_is_stored_once()
    {
        var order = ParcelWorld.Bonded.Order();
        var (once, twice) = (
            Serializer.SerializeToArray(new[] { order }).Length,
            Serializer.SerializeToArray(new[] { order, order }).Length
        );
        Assert.InRange(twice - once, 1, 10);
        var back = Serializer.Deserialize<CebDocument[]>(
            Serializer.SerializeToArray(new[] { order, order })
        )!;
        Assert.Same(back[0], back[1]);
    }

    /// <summary>A CEB514 with three texts: layout 1, number 514, ten fields, no lines.</summary>
    [Fact]
    public void Bytes_of_layout_1_are_read()
    {
        var schema = CebSchema.Of(CebType.WaybillStatusReceipt);
        byte[] golden = [1, 0x82, 0x04, 3, 5, (byte)'g', (byte)'u', (byte)'i', (byte)'d', 0, 1, 0];
        var document = CebDocument.Unpack(golden);
        Assert.Equal(CebType.WaybillStatusReceipt, document.Type);
        Assert.Equal("guid", document[schema.Head.Fields[0]]);
        Assert.Null(document[schema.Head.Fields[1]]);
        Assert.Equal("", document[schema.Head.Fields[2]]);
        Assert.All(schema.Head.Fields.Skip(3), f => Assert.Null(document[f])); // a field that came later
    }

    [Fact]
    public void Packing_writes_these_bytes()
    {
        var schema = CebSchema.Of(CebType.WaybillStatusReceipt);
        var texts = new string?[schema.Head.Fields.Length];
        (texts[0], texts[^1]) = ("guid", "中");
        Assert.Equal(
            [
                1,
                0x82,
                0x04,
                (byte)texts.Length,
                5,
                .. "guid"u8,
                .. new byte[texts.Length - 2],
                4,
                .. "中"u8,
                0,
            ],
            new CebDocument(CebType.WaybillStatusReceipt, texts).Packed
        );
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 9 })]
    [InlineData(new byte[] { 1, 0x82, 0x04, 99 })]
    [InlineData(new byte[] { 1, 0x82, 0x04, 1, 200 })]
    [InlineData(new byte[] { 1, 0x82 })]
    [InlineData(new byte[] { 1, 0x82, 0x04, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })]
    public void What_cannot_be_read_says_so(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => CebDocument.Unpack(bytes));

    static CebDocument Again(CebDocument document) =>
        Serializer.Deserialize<CebDocument>(Serializer.SerializeToArray(document))!;
}
