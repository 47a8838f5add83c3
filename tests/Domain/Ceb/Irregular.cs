using System.Text;
using ClearanceEngine.Ceb;

namespace ClearanceEngine.Tests.Ceb;

/// <summary>A way in which a message can be out of order that customs is forgiven and a participant is not.</summary>
/// <param name="Name">As a sentence.</param>
/// <param name="Code">What a participant is told.</param>
/// <param name="Spoil">Makes it of a good message as canonical text.</param>
sealed record Irregular(string Name, string Code, Func<string, byte[]> Spoil)
{
    static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    public static IReadOnlyList<Irregular> All { get; } =
    [
        new("GB2312, and says so", "wrong-encoding", xml => Gb18030.GetBytes(Declared("gb2312", xml))),
        new("GBK, and says so", "wrong-encoding", xml => Gb18030.GetBytes(Declared("GBK", xml))),
        new("GB18030, and says so", "wrong-encoding", xml => Gb18030.GetBytes(Declared("GB18030", xml))),
        new("UTF-8 that says GB2312", "wrong-encoding", xml =>
            Encoding.UTF8.GetBytes(Declared("gb2312", xml))
        ),
        new("GBK that says UTF-8", "wrong-encoding", xml => Gb18030.GetBytes(Declared("UTF-8", xml))),
        new("GBK without a declaration", "wrong-encoding", Gb18030.GetBytes),
        new("GB18030 with its mark", "wrong-encoding", xml => Gb18030.GetBytes("\uFEFF" + xml)),
        new("UTF-16 with its mark", "wrong-encoding", xml => Encoding.Unicode.GetBytes("\uFEFF" + xml)),
        new("UTF-16, the other way round", "wrong-encoding", Encoding.BigEndianUnicode.GetBytes),
        new("UTF-8 that says UTF-16", "wrong-encoding", xml =>
            Encoding.UTF8.GetBytes(Declared("UTF-16", xml))
        ),
        Of("An element that nobody knows", "unknown-element", xml =>
            Before(xml, "</ceb:guid>", "", "<ceb:channelNo>7</ceb:channelNo>")
        ),
        Of("A tree that nobody knows", "wrong-namespace", xml =>
            Before(
                xml,
                "</ceb:guid>",
                "",
                "<x:trace xmlns:x=\"urn:x\"><x:hop n=\"1\"><x:guid>-</x:guid></x:hop></x:trace>"
            )
        ),
        Of("An element that nobody knows, beside the documents", "unknown-element", xml =>
            xml.Insert(xml.IndexOf('>', StringComparison.Ordinal) + 1, "<ceb:batchNo>7</ceb:batchNo>")
        ),
        Of("The guid comes last", "wrong-order", GuidLast),
        Of("Another namespace", "unknown-message", xml =>
            xml.Replace(CebSchema.Namespace, CebSchema.Namespace + "/v2", StringComparison.Ordinal)
        ),
        Of("No namespace at all", "unknown-message", xml =>
            xml.Replace($" xmlns:ceb=\"{CebSchema.Namespace}\"", "", StringComparison.Ordinal)
                .Replace("ceb:", "", StringComparison.Ordinal)
        ),
        Of("A prefix that is declared nowhere", "not-xml", xml =>
            xml.Replace($" xmlns:ceb=\"{CebSchema.Namespace}\"", "", StringComparison.Ordinal)
        ),
        Of("A blank line before the declaration", "not-xml", xml => "\r\n" + Declared("UTF-8", xml)),
        Of("An element twice, saying the same", "duplicate-element", xml =>
            Before(xml, "</ceb:guid>", "", Between(xml, "<ceb:guid>", "</ceb:guid>"))
        ),
        Of("A character that XML does not have", "not-xml", xml =>
            xml.Replace("</ceb:guid>", "</ceb:guid>\u000B", StringComparison.Ordinal)
        ),
        Of("NULs behind the end", "not-xml", xml => xml + "\0\0\0"),
        Of("Words between the elements", "text-between-elements", xml =>
            Before(xml, "</ceb:guid>", "", "ok")
        ),
        Of("A root without guid and version", "root-attribute-missing", WithoutAttributes),
    ];

    public static Irregular Find(string name) => All.Single(i => i.Name == name);

    public override string ToString() => Name;

    static Irregular Of(string name, string code, Func<string, string> spoil) =>
        new(name, code, xml => Encoding.UTF8.GetBytes(spoil(xml)));

    static string Declared(string encoding, string xml) =>
        $"<?xml version=\"1.0\" encoding=\"{encoding}\"?>{xml}";

    /// <summary>With something put behind the first guid, which the schema has first.</summary>
    static string Before(string xml, string tag, string before, string after)
    {
        var at = xml.IndexOf(tag, StringComparison.Ordinal);
        return $"{xml[..at]}{before}{tag}{after}{xml[(at + tag.Length)..]}";
    }

    static string Between(string xml, string from, string to)
    {
        var start = xml.IndexOf(from, StringComparison.Ordinal);
        return xml[start..(xml.IndexOf(to, StringComparison.Ordinal) + to.Length)];
    }

    static string GuidLast(string xml)
    {
        var guid = Between(xml, "<ceb:guid>", "</ceb:guid>");
        var without = xml.Replace(guid, "", StringComparison.Ordinal);
        // The end of the element that the guid stood first in.
        var parent = xml[..xml.IndexOf(guid, StringComparison.Ordinal)];
        var end = parent[(parent.LastIndexOf('<') + 1)..].TrimEnd('>');
        return without.Replace($"</{end}>", $"{guid}</{end}>", StringComparison.Ordinal);
    }

    static string WithoutAttributes(string xml)
    {
        var end = xml.IndexOf('>', StringComparison.Ordinal);
        return $"{xml[..xml.IndexOf(" guid=", StringComparison.Ordinal)]}{xml[end..]}";
    }
}
