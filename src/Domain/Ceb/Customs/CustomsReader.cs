using System.Collections.Frozen;
using System.Collections.Immutable;
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

    /// <summary>Faults told of one message: the dead letter has room for so many.</summary>
    public const int MostFaults = 16;

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

    static CustomsReading OfXml(ReadOnlySpan<byte> bytes, DateTimeOffset arrived, CebLimits limits)
    {
        var text = CustomsText.Decode(bytes);
        if (text.Length == 0)
            return new CustomsReading.Other(
                "empty",
                "empty-message",
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
        var root = Clip.Quote(reader.LocalName);
        var remarks = new CustomsRemarks();
        var answers = ImmutableArray.CreateBuilder<CebDocument>();
        var faults = ImmutableArray.CreateBuilder<CebFormatException>();
        remarks.Attributes(reader);
        try
        {
            Returns(
                reader,
                new CustomsBounds(limits),
                remarks,
                new CustomsReturn(arrived, remarks),
                answers,
                faults
            );
        }
        catch (XmlException e)
        {
            faults.Add(CebReader.NotXml(e, root)); // what stood before the break is good all the same
        }
        catch (CebFormatException e)
        {
            faults.Add(e);
        }

        if (answers.Count == 0 && faults.Count == 0)
            throw new CebFormatException(
                "no-documents",
                $"{root} 不含任何回执。{root} has no return that we know; look at it by hand, and ask customs for it again.",
                root
            );
        if (answers.Count == 0 && faults is [var only])
            throw only;
        return new CustomsReading.Returns(
            root,
            answers.DrainToImmutable(),
            Bounded(faults, root),
            remarks.All
        );
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
                "not-a-receipt",
                $"{name} 是申报报文，不是回执，未处理。{name} is a declaration and no receipt: an echo, it may be, of what left for customs. Nothing follows from it; if its sender meant it, let it send to declarations.*."
            )
            : new CustomsReading.Other(
                name,
                "unknown-message",
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
        catch (CebFormatException e) when (e.Code == "unknown-message")
        {
            return new CustomsReading.Other(
                e.MessageType is { Length: > 0 } kind ? kind : "JSON",
                e.Code,
                e.Message
            );
        }
        return OfXml(CebWriter.Write(message), arrived, limits);
    }

    static void Returns(
        XmlReader reader,
        CustomsBounds bounds,
        CustomsRemarks remarks,
        CustomsReturn mapping,
        ImmutableArray<CebDocument>.Builder answers,
        ImmutableArray<CebFormatException>.Builder faults
    )
    {
        if (reader.IsEmptyElement)
            return;
        for (bounds.Read(reader); reader.Depth > 0; bounds.Read(reader))
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (!Wrappers.TryGetValue(reader.LocalName, out var candidates))
            {
                remarks.Surplus(reader.LocalName);
                Skip(reader, bounds);
                continue;
            }
            bounds.CountReturns(answers.Count + faults.Count + 1);
            var element = CustomsElement.Take(reader, bounds, remarks);
            try
            {
                answers.Add(mapping.Read(element, candidates, answers.Count + faults.Count + 1));
            }
            catch (CebFormatException e)
            {
                faults.Add(e);
            }
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

    static ImmutableArray<CebFormatException> Bounded(
        ImmutableArray<CebFormatException>.Builder faults,
        string root
    )
    {
        if (faults.Count <= MostFaults)
            return faults.DrainToImmutable();
        return
        [
            .. faults.Take(MostFaults),
            new CebFormatException(
                "further-problems",
                $"{root} 另有 {faults.Count - MostFaults} 个回执有误。{root} has {faults.Count - MostFaults} more returns that cannot be read; look at it by hand.",
                root
            ),
        ];
    }
}
