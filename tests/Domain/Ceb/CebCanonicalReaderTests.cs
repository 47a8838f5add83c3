using System.Text;
using System.Text.Unicode;
using ClearanceEngine.Ceb;
using ClearanceEngine.Ceb.Customs;
using CsCheck;
using Xunit;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>The reader of the canonical form beside the one that reads any: it says the same, or nothing.</summary>
public sealed class CebCanonicalReaderTests
{
    const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

    /// <summary>What may get into a message by hand, by other programs or on the way.</summary>
    static readonly byte[][] Snippets =
    [
        .. new[]
        {
            " ",
            "\n",
            "\r\n",
            "\t",
            "<!-- c -->",
            "<!---->",
            "<![CDATA[x]]>",
            "<?pi x?>",
            Declaration,
            "<!DOCTYPE a>",
            "&lt;",
            "&amp;",
            "&#xD;",
            "&#65;",
            "&nope;",
            "&",
            "<",
            ">",
            "]]>",
            "\"",
            "'",
            "=",
            "/",
            "\u0000",
            "\u0001",
            "\u000b",
            "\u0085",
            "\u00a0",
            "\u2028",
            "\ufeff",
            "\ufffd",
            "\ufffe",
            "\uffff",
            "虚构",
            "𠀀",
            " a=\"1\"",
            " xmlns=\"urn:x\"",
            " xmlns:ceb=\"urn:x\"",
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
            " guid=\"x\"",
            "<ceb:note></ceb:note>",
            "<ceb:note/>",
            "<note>x</note>",
            "<ceb:BaseSubscribe></ceb:BaseSubscribe>",
            "<ceb:ExtendMessage></ceb:ExtendMessage>",
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:Signature>",
        }.Select(Encoding.UTF8.GetBytes),
        [0x80],
        [0xC3],
        [0xFF, 0xFE],
    ];

    [Fact]
    public void What_we_write_of_every_type_is_read_by_its_bytes() =>
        CebGen.Message.Sample(
            message =>
            {
                var written = CebWriter.Write(message);
                var read = CebCanonicalReader.TryRead(written, CebLimits.Default);
                Assert.NotNull(read);
                Same(CebReader.ReadAnyForm(written, CebLimits.Default), read);
            },
            iter: 2_000
        );

    [Fact]
    public void Samples_are_read_the_same_by_both_readers()
    {
        var files = Directory.GetFiles(
            Path.Combine(AppContext.BaseDirectory, "samples"),
            "*.xml",
            SearchOption.AllDirectories
        );
        var signed = 0;
        foreach (var file in files)
        {
            var read = CebReader.ReadAnyForm(File.ReadAllBytes(file), CebLimits.Default);
            if (CheckAlike(File.ReadAllBytes(file)))
                continue;
            // A signature is read by whoever verifies it, too.
            Assert.True(read.IsSigned, file);
            signed++;
        }
        Assert.InRange(signed, 1, files.Length / 10);
    }

    [Fact]
    public void Where_it_reads_a_spoilt_message_it_reads_it_the_same()
    {
        var read = 0;
        Gen.Select(CebGen.Message, Spoiling.Array[0, 3])
            .Sample(
                (message, spoilings) =>
                {
                    var bytes = spoilings.Aggregate(CebWriter.Write(message), (b, spoil) => spoil(b));
                    if (CheckAlike(bytes))
                        Interlocked.Increment(ref read);
                },
                iter: 8_000
            );
        Assert.InRange(read, 800, 7_200);
    }

    [Fact]
    public void Whatever_gets_in_at_any_place_of_a_message_it_reads_it_the_same_or_leaves_it()
    {
        var (all, read) = (0, 0);
        for (var at = 0; at <= Small.Length; at++)
        {
            foreach (var snippet in Snippets)
            {
                all++;
                if (CheckAlike([.. Small[..at], .. snippet, .. Small[at..]]))
                    read++;
            }
        }
        Assert.InRange(read, all / 50, all * 2 / 3);
    }

    [Fact]
    public void Whatever_one_byte_is_changed_or_lost_it_reads_it_the_same_or_leaves_it()
    {
        var read = 0;
        for (var at = 0; at < Small.Length; at++)
        {
            foreach (var other in "<>&\"' /:aZ0\0\x7f"u8)
            {
                if (CheckAlike([.. Small[..at], other, .. Small[(at + 1)..]]))
                    read++;
            }
            CheckAlike([.. Small[..at], .. Small[(at + 1)..]]);
            Assert.False(CheckAlike(Small[..at]), $"It was cut after {at} bytes.");
        }
        Assert.InRange(read, 1, int.MaxValue);
    }

    [Theory]
    [InlineData("\uFEFF", "")]
    [InlineData(Declaration, "\r\n")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "\n\t")]
    [InlineData("\uFEFF" + Declaration, "  ")]
    public void A_declaration_a_mark_and_white_space_between_elements_are_known(string start, string space)
    {
        var spaced = Encoding.UTF8.GetString(Small).Replace("><", $">{space}<", StringComparison.Ordinal);

        Assert.True(CheckAlike(Encoding.UTF8.GetBytes($"{start}{spaced}{space}")));
    }

    [Theory]
    [InlineData("&lt;&gt;&amp;&quot;&apos;", "<>&\"'")]
    [InlineData("&amp;lt;", "&lt;")]
    [InlineData("x&#xD;\ny", "x\r\ny")]
    [InlineData("\u007f\u0085\u2028\ufffd 𠀀", "\u007f\u0085\u2028\ufffd 𠀀")]
    [InlineData(" \t\n ", " \t\n ")]
    [InlineData("", "")]
    public void Texts_mean_what_XML_says(string written, string text)
    {
        var bytes = WithName(written);

        Assert.True(CheckAlike(bytes));
        Assert.Equal(text, CebReader.Read(bytes).Documents[0][PaymentHead.PayName]);
    }

    [Theory]
    [InlineData("&#65;")]
    [InlineData("a>b")]
    [InlineData("a\rb")]
    [InlineData("a<!-- c -->b")]
    [InlineData("<![CDATA[ab]]>")]
    public void What_it_does_not_know_is_read_all_the_same(string written)
    {
        var bytes = WithName(written);

        Assert.False(CheckAlike(bytes));
        Assert.NotEmpty(CebReader.Read(bytes).Documents[0][PaymentHead.PayName]!);
    }

    [Fact]
    public void Limits_are_those_of_the_other_reader()
    {
        var one = Message("1");
        var many = one with { Documents = [.. Enumerable.Repeat(one.Documents[0], 101)] };
        var order = CebDocument.Create(CebType.Order).AddLine().AddLine().AddLine();
        var lines = new CebMessage(CebType.Order, "g", "1.0", [order], one.Transfer);

        Assert.False(CheckAlike(CebWriter.Write(many)));
        Assert.False(
            CheckAlike(CebWriter.Write(Message("1", "2", "3")), new CebLimits { UnboundedItems = 2 })
        );
        Assert.False(CheckAlike(CebWriter.Write(lines), new CebLimits { UnboundedItems = 2 }));
        Assert.True(CheckAlike(CebWriter.Write(lines), new CebLimits { UnboundedItems = 3 }));
    }

    [Fact]
    public void A_text_of_the_document_before_is_not_made_anew()
    {
        var documents = CebReader.Read(CebWriter.Write(Message("1", "1", "2", "1"))).Documents;

        Assert.Same(documents[0][PaymentHead.OrderNo], documents[1][PaymentHead.OrderNo]);
        Assert.Equal(["1", "1", "2", "1"], documents.Select(d => d[PaymentHead.OrderNo]));
        Assert.Same(documents[0][PaymentHead.PayName], documents[3][PaymentHead.PayName]);
    }

    /// <summary>Customs is read liberally, and no less so where its message is in our own form.</summary>
    [Fact]
    public void Receipts_of_customs_are_read_the_same_and_as_much_is_told_of_them()
    {
        var (all, read) = (0, 0);
        Gen.Select(CebGen.Receipts, Spoiling.Array[0, 2])
            .Sample(
                (message, spoilings) =>
                {
                    var bytes = spoilings.Aggregate(CebWriter.Write(message), (b, spoil) => spoil(b));
                    Assert.Equal(
                        Told(() => CustomsReader.OfAnyXml(bytes, Arrived, CebLimits.Default)),
                        Told(() => CustomsReader.OfXml(bytes, Arrived, CebLimits.Default))
                    );
                    Interlocked.Increment(ref all);
                    if (
                        Utf8.IsValid(bytes)
                        && CebCanonicalReader.TryRead(bytes, CebLimits.Default) is not null
                    )
                        Interlocked.Increment(ref read);
                },
                iter: 6_000
            );
        Assert.InRange(read, all / 10, all);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(20_000)]
    public void Limits_of_what_customs_sends_are_the_same(int items)
    {
        var receipt = CebDocument.Create(CebType.OrderReceipt, (OrderReturn.ReturnStatus, "2"));
        var bytes = CebWriter.Write(
            new CebMessage(CebType.OrderReceipt, "g", "1.0", [.. Enumerable.Repeat(receipt, 13)])
        );
        var limits = new CebLimits { UnboundedItems = items };

        Assert.Equal(
            Told(() => CustomsReader.OfAnyXml(bytes, Arrived, limits)),
            Told(() => CustomsReader.OfXml(bytes, Arrived, limits))
        );
    }

    static readonly DateTimeOffset Arrived = new(2026, 11, 29, 9, 30, 0, 123, CebTime.BeijingOffset);

    /// <summary>All that follows from a message of customs, as one text.</summary>
    static string Told(Func<CustomsReading> read)
    {
        try
        {
            return read() switch
            {
                CustomsReading.Returns returns => string.Join(
                    '\n',
                    [
                        returns.Root,
                        .. returns.Answers.Select(a => $"{a.Type} {Convert.ToHexString(a.Packed)}"),
                        .. returns.Faults.Select(f => $"{f.Code} {f.Message} {f.MessageType}"),
                        .. returns.Remarks,
                    ]
                ),
                var other => other.ToString(),
            };
        }
        catch (CebFormatException e)
        {
            return $"{e.Code} {e.Message} {e.MessageType}";
        }
    }

    static readonly byte[] Small = CebWriter.Write(Message("1", "22"));

    static CebMessage Message(params string[] orders) =>
        new(
            CebType.Payment,
            "g",
            "1.0",
            [.. orders.Select(Payment)],
            new CebTransfer("9999900003", "虚构", "DXP", "D")
        );

    static CebDocument Payment(string order) =>
        CebDocument.Create(CebType.Payment, (PaymentHead.PayName, "虚构&"), (PaymentHead.OrderNo, order));

    static byte[] WithName(string written) =>
        Encoding.UTF8.GetBytes(
            Encoding
                .UTF8.GetString(Small)
                .Replace(
                    "<ceb:payName>虚构&amp;</ceb:payName>",
                    $"<ceb:payName>{written}</ceb:payName>",
                    StringComparison.Ordinal
                )
        );

    /// <summary>A change at some place: something gets in, something is lost, or two pieces change places.</summary>
    static Gen<Func<byte[], byte[]>> Spoiling { get; } =
        Gen.Select(
            Gen.Int[0, 4],
            Gen.Double[0, 1],
            Gen.Double[0, 1],
            Gen.Int[0, Snippets.Length - 1],
            (how, place, other, snippet) =>
                new Func<byte[], byte[]>(bytes => Spoil(bytes, how, place, other, Snippets[snippet]))
        );

    static byte[] Spoil(byte[] bytes, int how, double place, double other, byte[] snippet)
    {
        if (bytes.Length < 2)
            return snippet;
        var at = (int)(place * (bytes.Length - 1));
        // Before the next tag: where elements begin and end, most that gets in leaves a message that can be read.
        var tag = bytes.AsSpan(at).IndexOf((byte)'<') is >= 0 and var ahead ? at + ahead : at;
        var length = 1 + (int)(other * Math.Min(60, bytes.Length - 1 - at));
        return how switch
        {
            0 => [.. bytes[..at], .. snippet, .. bytes[at..]],
            1 => [.. bytes[..tag], .. snippet, .. bytes[tag..]],
            2 => [.. bytes[..at], .. bytes[(at + length)..]],
            3 => [.. bytes[..at], (byte)(other * 255), .. bytes[(at + 1)..]],
            _ => Swapped(bytes, tag),
        };
    }

    /// <summary>The element that begins here and the one after it change places, where both are short.</summary>
    static byte[] Swapped(byte[] bytes, int at)
    {
        var first = ElementLength(bytes, at);
        var second = ElementLength(bytes, at + first);
        return
        [
            .. bytes[..at],
            .. bytes[(at + first)..(at + first + second)],
            .. bytes[at..(at + first)],
            .. bytes[(at + first + second)..],
        ];
    }

    static int ElementLength(byte[] bytes, int at)
    {
        var rest = bytes.AsSpan(at);
        var end = rest.IndexOf("</"u8);
        return end < 0 ? rest.Length : end + rest[end..].IndexOf((byte)'>') + 1;
    }

    /// <summary>Whether it was read by its bytes; then the other reader reads the same. Either way the message is answered as by that.</summary>
    static bool CheckAlike(byte[] bytes, CebLimits? limits = null)
    {
        limits ??= CebLimits.Default;
        ReadOnlyMemory<byte> content;
        try
        {
            content = CebReader.Content(bytes, limits);
        }
        catch (CebFormatException)
        {
            return false; // before either of them
        }
        var (message, fault) = Outcome(() => CebReader.ReadAnyForm(content, limits));
        var (answered, answer) = Outcome(() => CebReader.Read(bytes, limits));
        Assert.Equal((fault?.Code, fault?.Message), (answer?.Code, answer?.Message));
        if (message is not null)
            Same(message, answered!);

        if (CebCanonicalReader.TryRead(content.Span, limits) is not { } read)
            return false;
        Assert.True(message is not null, $"The other reader says: {fault?.Message}");
        Same(message, read);
        return true;
    }

    static (CebMessage? Message, CebFormatException? Fault) Outcome(Func<CebMessage> read)
    {
        try
        {
            return (read(), null);
        }
        catch (CebFormatException e)
        {
            return (null, e);
        }
    }

    static void Same(CebMessage expected, CebMessage read)
    {
        Assert.True(expected.Documents.SequenceEqual(read.Documents, SameTexts.Instance));
        // All else compares by value, but for an array.
        Assert.Equal(expected.Subscriptions.AsEnumerable(), read.Subscriptions);
        Assert.Equal(
            expected with
            {
                Documents = [],
                Subscriptions = [],
            },
            read with
            {
                Documents = [],
                Subscriptions = [],
            }
        );
    }

    sealed class SameTexts : IEqualityComparer<CebDocument>
    {
        public static SameTexts Instance { get; } = new();

        public bool Equals(CebDocument? x, CebDocument? y) => x!.SameAs(y!);

        public int GetHashCode(CebDocument document) => 0;
    }
}
