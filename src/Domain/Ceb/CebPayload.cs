using System.Buffers;
using System.Text;
using System.Xml;

namespace ClearanceEngine.Ceb;

/// <summary>
/// The payload of ExtendMessage, XML of any shape, as it stands in what <see cref="CebWriter"/> writes: canonical (inclusive
/// C14N 1.0) within an element where only the prefix <c>ceb</c> is known. Comments and processing instructions are left out.
/// </summary>
static class CebPayload
{
    const string Declarations = "http://www.w3.org/2000/xmlns/";

    /// <summary>What the element holds on which the reader stands; the reader goes on behind it.</summary>
    /// <param name="reader">On the start of the element.</param>
    /// <param name="limit">Sees every node before it is taken, and throws where it is one too many.</param>
    public static string Read(XmlReader reader, Action<XmlReader> limit)
    {
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return "";
        }
        var output = new ArrayBufferWriter<byte>();
        var scopes = new Stack<Scope>();
        scopes.Push(Outermost(reader));
        var depth = reader.Depth;
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            limit(reader);
            Node(output, reader, scopes);
        }
        reader.Read();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>An open element.</summary>
    /// <param name="Name">With its prefix.</param>
    /// <param name="Known">Namespaces by prefix, as they are known to what stands in it in the output.</param>
    /// <param name="Due">Those that are known around the payload where it came from, and not in the output: what stands in it declares them.</param>
    sealed record Scope(
        string Name,
        Dictionary<string, string> Known,
        IEnumerable<KeyValuePair<string, string>> Due
    );

    static Scope Outermost(XmlReader reader)
    {
        var around = ((IXmlNamespaceResolver)reader).GetNamespacesInScope(XmlNamespaceScope.ExcludeXml);
        var known = new Dictionary<string, string>(StringComparer.Ordinal) { ["ceb"] = CebSchema.Namespace };
        return new Scope("", known, around);
    }

    static void Node(ArrayBufferWriter<byte> output, XmlReader reader, Stack<Scope> scopes)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                var isEmpty = reader.IsEmptyElement;
                scopes.Push(Start(output, reader, scopes.Peek()));
                if (isEmpty)
                    End(output, scopes);
                break;
            case XmlNodeType.EndElement:
                End(output, scopes);
                break;
            case XmlNodeType.Text
            or XmlNodeType.CDATA
            or XmlNodeType.Whitespace
            or XmlNodeType.SignificantWhitespace:
                CebWriter.Text(output, reader.Value);
                break;
        }
    }

    static void End(ArrayBufferWriter<byte> output, Stack<Scope> scopes) =>
        CebWriter.Raw(output, $"</{scopes.Pop().Name}>");

    static Scope Start(ArrayBufferWriter<byte> output, XmlReader reader, Scope around)
    {
        var name = reader.Name;
        var declared = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (prefix, uri) in around.Due)
            declared[prefix] = uri;
        var attributes = new List<(string Uri, string LocalName, string Name, string Value)>();
        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI == Declarations)
                declared[reader.Prefix.Length == 0 ? "" : reader.LocalName] = reader.Value;
            else
                attributes.Add((reader.NamespaceURI, reader.LocalName, reader.Name, reader.Value));
        }
        reader.MoveToElement();

        var known = new Dictionary<string, string>(around.Known, StringComparer.Ordinal);
        CebWriter.Raw(output, $"<{name}");
        foreach (var (prefix, uri) in declared)
        {
            if (known.GetValueOrDefault(prefix, "") == uri)
                continue;
            known[prefix] = uri;
            Write(output, prefix.Length == 0 ? "xmlns" : $"xmlns:{prefix}", uri);
        }
        var inOrder = attributes
            .OrderBy(a => a.Uri, StringComparer.Ordinal)
            .ThenBy(a => a.LocalName, StringComparer.Ordinal);
        foreach (var attribute in inOrder)
            Write(output, attribute.Name, attribute.Value);
        CebWriter.Raw(output, ">");
        return new Scope(name, known, []);
    }

    static void Write(ArrayBufferWriter<byte> output, string name, string value)
    {
        CebWriter.Raw(output, $" {name}=\"");
        CebWriter.Attribute(output, value);
        CebWriter.Raw(output, "\"");
    }
}
