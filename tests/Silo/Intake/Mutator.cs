using System.Text;

namespace ClearanceEngine.Tests.Intake;

/// <summary>Spoils bytes in the ways that transports, encoders and ill will do. The same random gives the same bytes.</summary>
sealed class Mutator(Random random, byte[][] donors)
{
    static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "<",
            ">",
            "</",
            "/>",
            "&",
            "&amp;",
            "&#x0;",
            "&#65;",
            "&x;",
            "\"",
            "'",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?x ?>",
            "<!DOCTYPE a [<!ENTITY b \"bb\">]>",
            " xmlns=\"\"",
            " a=\"b\"",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "null",
            "1e9",
            "\\u0000",
            "\\ud800",
            "0",
            "-1",
            "00010101000000",
            "99991231235959",
            "20260230000000",
            "9999999999999999999",
            "99999999999999.99999",
            "0.00001",
            "123456789012345678901234567890",
            "NaN",
            "1,5",
            "",
            " ",
            "\t\r\n",
            "\0",
            "\uFFFE",
            "𠮷",
            "e\u0301",
            "\u202E",
            "\uFEFF",
            "1210",
            "9610",
            "142",
            "840",
            "3",
            "2",
            "1",
            "<ceb:a>",
            "</ceb:a>",
            "<ceb:orderNo>x</ceb:orderNo>",
            "<ceb:ExtendMessage/>",
            "<ceb:ExtendMessage><ceb:name>n</ceb:name><ceb:version>1</ceb:version><ceb:Message><x y='1'/></ceb:Message></ceb:ExtendMessage>",
            "\"orderNo\":\"x\",",
            "<?xml version=\"1.0\" encoding=\"GB2312\"?>",
            "<ceb:InventoryReturn><ceb:returnStatus>800</ceb:returnStatus></ceb:InventoryReturn>",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xC0, 0x80],
        [0xED, 0xA0, 0x80],
        [0xB6, 0xA9],
    ];

    public byte[] Mutate(byte[] seed)
    {
        var bytes = seed;
        for (var n = random.Next(4) == 0 ? random.Next(2, 6) : 1; n > 0; n--)
            bytes = Once(bytes);
        return bytes;
    }

    byte[] Once(byte[] bytes)
    {
        if (bytes.Length == 0)
            return Tokens[random.Next(Tokens.Length)];
        var at = random.Next(bytes.Length);
        switch (random.Next(12))
        {
            case 0:
                return Replace(bytes, at, 1, [(byte)random.Next(256)]);
            case 1:
                return Replace(bytes, at, 1, [(byte)(bytes[at] ^ (1 << random.Next(8)))]);
            case 2:
                return Replace(bytes, at, 0, Tokens[random.Next(Tokens.Length)]);
            case 3:
                return Replace(bytes, at, Math.Min(bytes.Length - at, random.Next(1, 40)), []);
            case 4:
                return bytes[..at];
            case 5:
                return Splice(bytes, at);
            case 6:
                return Value(bytes, at, Tokens[random.Next(Tokens.Length)]);
            case 7:
                return Value(
                    bytes,
                    at,
                    Encoding.UTF8.GetBytes(new string((char)random.Next('0', '9' + 1), random.Next(1, 400)))
                );
            case 8:
                return Value(bytes, at, Noise());
            case 9:
                return Element(bytes, at, static (b, from, to, _) =>
                    [.. b[..to], .. b[from..to], .. b[to..]]
                );
            case 10:
                return Element(bytes, at, static (b, from, to, _) => [.. b[..from], .. b[to..]]);
            default:
                return Element(bytes, at, Swap);
        }
    }

    byte[] Splice(byte[] bytes, int at)
    {
        var donor = donors[random.Next(donors.Length)];
        var from = random.Next(donor.Length);
        return Replace(bytes, at, 0, donor.AsSpan(from, Math.Min(donor.Length - from, random.Next(1, 300))));
    }

    byte[] Noise()
    {
        var runes = new StringBuilder();
        for (var i = random.Next(1, 30); i > 0; i--)
        {
            var value = random.Next(0x11_0000);
            runes.Append(Rune.IsValid(value) ? new Rune(value).ToString() : "?");
        }
        return Encoding.UTF8.GetBytes(runes.ToString());
    }

    /// <summary>Another text in the place of the value at or behind the position: between tags, or between quotes in JSON.</summary>
    static byte[] Value(byte[] bytes, int at, byte[] value)
    {
        var json = bytes[0] == '{';
        var from = bytes.AsSpan(at).IndexOf(json ? ":\""u8 : ">"u8);
        if (from < 0)
            return bytes;
        from += at + (json ? 2 : 1);
        var length = bytes.AsSpan(from).IndexOf(json ? (byte)'"' : (byte)'<');
        return length < 0 ? bytes : Replace(bytes, from, length, value);
    }

    /// <summary>Does something with the element (or JSON member) that starts at or behind the position.</summary>
    byte[] Element(byte[] bytes, int at, Func<byte[], int, int, Random, byte[]> act)
    {
        var json = bytes[0] == '{';
        var from = bytes.AsSpan(at).IndexOf(json ? ",\""u8 : "<ceb:"u8);
        if (from < 0)
            return bytes;
        from += at;
        int to;
        if (json)
            to = bytes.AsSpan(from + 1).IndexOf(",\""u8) is >= 0 and var comma ? from + 1 + comma : -1;
        else
        {
            var end = bytes.AsSpan(from).IndexOfAny((byte)'>', (byte)' ');
            if (end < 0)
                return bytes;
            byte[] close = [(byte)'<', (byte)'/', .. bytes[(from + 1)..(from + end)], (byte)'>'];
            to = bytes.AsSpan(from).IndexOf(close) is >= 0 and var found ? from + found + close.Length : -1;
        }
        return to < 0 ? bytes : act(bytes, from, to, random);
    }

    /// <summary>Moves the element to another place.</summary>
    static byte[] Swap(byte[] bytes, int from, int to, Random random)
    {
        byte[] rest = [.. bytes[..from], .. bytes[to..]];
        if (rest.Length == 0)
            return bytes;
        var at = rest.AsSpan(random.Next(rest.Length)).IndexOf((byte)(bytes[0] == '{' ? ',' : '<'));
        return at < 0 ? bytes : [.. rest[..at], .. bytes[from..to], .. rest[at..]];
    }

    static byte[] Replace(byte[] bytes, int at, int length, ReadOnlySpan<byte> with)
    {
        var result = new byte[bytes.Length - length + with.Length];
        bytes.AsSpan(0, at).CopyTo(result);
        with.CopyTo(result.AsSpan(at));
        bytes.AsSpan(at + length).CopyTo(result.AsSpan(at + with.Length));
        return result;
    }
}
