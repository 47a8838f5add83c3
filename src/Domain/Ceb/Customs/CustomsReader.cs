using System.Collections.Frozen;
using System.Text.Unicode;
using System.Xml;

namespace ClearanceEngine.Ceb.Customs;

/// <summary>
/// Reads what customs and the E-Port send, liberally: any encoding, namespace, prefix and order, without what we do not
/// know, several returns of several kinds in one message, each by itself. What participants send is read by
/// <see cref="CebReader"/>, which forgives none of it: they can be told and can mend it, customs cannot.
/// </summary>
public static class CustomsReader
{
    /// <summary>Remarks about one message; those beyond are of the same making.</summary>
    public const int MostRemarks = 16;

    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 1,
        CheckCharacters = false, // each text is cleaned when it is read
    };

    /// <summary>What may stand in a message of receipts: by the name of the element, the types that it can be.</summary>
    static readonly FrozenDictionary<string, CebSchema[]> Wrappers = CebSchema
        .All.Where(s => !s.IsDeclaration)
        .GroupBy(s => s.Wrapper, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    /// <param name="bytes">The message.</param>
    /// <param name="arrived">When it came: the time of a receipt that has none, or none that can be read.</param>
    /// <param name="limits">What it may cost.</param>
    /// <exception cref="CebFormatException">Nothing of it can be read.</exception>
    public static CustomsReading Read(
        ReadOnlyMemory<byte> bytes,
        DateTimeOffset arrived,
        CebLimits? limits = null
    )
    {
        limits ??= CebLimits.Default;
        CebReader.RefuseTooLarge(bytes.Length, limits);
        return CebParser.IsJson(bytes.Span)
            ? OfJson(bytes, arrived, limits)
            : OfXml(bytes.Span, arrived, limits);
    }

    internal static CustomsReading OfXml(
        ReadOnlySpan<byte> bytes,
        DateTimeOffset arrived,
        CebLimits limits
    ) => OfCanonical(bytes, arrived, limits) ?? OfAnyXml(bytes, arrived, limits);

    /// <summary>Returns in our own form, in which nothing can be skipped; null for any other.</summary>
    static CustomsReading.Returns? OfCanonical(
        ReadOnlySpan<byte> bytes,
        DateTimeOffset arrived,
        CebLimits limits
    )
    {
        if (!Utf8.IsValid(bytes) || CebCanonicalReader.TryRead(bytes, limits) is not { } message)
            return null;
        if (message.Schema.IsDeclaration || MostElements(message.Schema) > limits.UnboundedItems)
            return null;

        var found = new CustomsFindings(message.Schema.Root);
        var mapping = new CustomsReturn(arrived, found.Remarks);
        foreach (var receipt in message.Documents)
            found.Add(number => mapping.Read(receipt, number));
        return found.Returns();
    }

    /// <summary>Elements that a return in the schema's form can have.</summary>
    static int MostElements(CebSchema schema) =>
        2 + schema.Head.Fields.Length + (schema.MaxLines * (1 + (schema.Line?.Fields.Length ?? 0)));

    /// <summary>Whatever its encoding and its form.</summary>
    internal static CustomsReading OfAnyXml(
        ReadOnlySpan<byte> bytes,
        DateTimeOffset arrived,
        CebLimits limits
    )
    {
        var text = CustomsText.Decode(bytes);
        if (text.Length == 0)
            return new CustomsReading.Other(
                "empty",
                ProblemCode.EmptyMessage,
                "空报文，未处理。The record is empty; nothing follows from it."
            );

        using var reader = Open(text);
        try
        {
            reader.MoveToContent();
        }
        catch (XmlException e)
        {
            throw CebReader.NotXml(e);
        }
        return Other(reader) ?? (CustomsReading)OfReturns(reader, arrived, limits);
    }

    static CustomsReading.Returns OfReturns(XmlReader reader, DateTimeOffset arrived, CebLimits limits)
    {
        var found = new CustomsFindings(Clip.Quote(reader.LocalName));
        found.Remarks.Attributes(reader);
        try
        {
            Returns(reader, new CustomsBounds(limits), new CustomsReturn(arrived, found.Remarks), found);
        }
        catch (XmlException e)
        {
            found.Add(CebReader.NotXml(e, found.Root)); // what stood before the break is good all the same
        }
        catch (CebFormatException e)
        {
            found.Add(e);
        }
        return found.Returns();
    }

    static XmlReader Open(string text)
    {
        // A prefix that is used and nowhere declared is only careless.
        var namespaces = new XmlNamespaceManager(new NameTable());
        namespaces.AddNamespace("ceb", CebSchema.Namespace);
        namespaces.AddNamespace("ds", CebReader.DsigNamespace);
        namespaces.AddNamespace("xsi", "http://www.w3.org/2001/XMLSchema-instance");
        return XmlReader.Create(
            new StringReader(text),
            Settings,
            new XmlParserContext(null, namespaces, null, XmlSpace.None)
        );
    }

    /// <summary>Not null for what is no message of receipts.</summary>
    static CustomsReading.Other? Other(XmlReader reader)
    {
        var (name, schema) = (Clip.Quote(reader.LocalName), CebSchema.OfRoot(reader.LocalName));
        if (schema is { IsDeclaration: false })
            return null;
        return schema is not null
            ? new CustomsReading.Other(
                name,
                ProblemCode.NotAReceipt,
                $"{name} 是申报报文，不是回执，未处理。{name} is a declaration and no receipt: an echo, it may be, of what left for customs. Nothing follows from it; if its sender meant it, let it send to declarations.*."
            )
            : new CustomsReading.Other(
                name,
                ProblemCode.UnknownMessage,
                $"{name} 不是进口回执，未处理。{name} is no receipt of the import side; nothing follows from it. If it should, let its sender use the CEB messages."
            );
    }

    /// <summary>The JSON form is ours; a message in it is as good as the same in XML.</summary>
    static CustomsReading OfJson(ReadOnlyMemory<byte> bytes, DateTimeOffset arrived, CebLimits limits)
    {
        CebMessage message;
        try
        {
            message = CebParser.Read(bytes, limits);
        }
        catch (CebFormatException e) when (e.Code == ProblemCode.UnknownMessage)
        {
            return new CustomsReading.Other(
                e.MessageType is { Length: > 0 } kind ? kind : "JSON",
                e.Code,
                e.Message
            );
        }
        return OfXml(CebWriter.Write(message), arrived, limits);
    }

    static void Returns(XmlReader reader, CustomsBounds bounds, CustomsReturn mapping, CustomsFindings found)
    {
        if (reader.IsEmptyElement)
            return;
        for (bounds.Read(reader); reader.Depth > 0; bounds.Read(reader))
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (!Wrappers.TryGetValue(reader.LocalName, out var candidates))
            {
                found.Remarks.Surplus(reader.LocalName);
                Skip(reader, bounds);
                continue;
            }
            bounds.CountReturns(found.Count + 1);
            var element = CustomsElement.Take(reader, bounds, found.Remarks);
            found.Add(number => mapping.Read(element, candidates, number));
        }
    }

    /// <summary>To the end tag of the element, however much is in it.</summary>
    static void Skip(XmlReader reader, CustomsBounds bounds)
    {
        var depth = reader.Depth;
        if (reader.IsEmptyElement)
            return;
        do bounds.Read(reader);
        while (reader.Depth > depth);
    }
}
