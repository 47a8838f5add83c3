using System.Collections.Immutable;
using System.Text;
using System.Xml;

namespace ClearanceEngine.Ceb;

/// <summary>
/// Reads CEB XML by namespace and prefix-free, streaming over UTF-8, with DTDs off and limits on. Texts stay as they
/// are; what a field may hold is <see cref="CebValidator"/>'s business.
/// </summary>
public static class CebReader
{
    internal const string DsigNamespace = "http://www.w3.org/2000/09/xmldsig#";

    /// <summary>Attributes of one element, namespaces included. Canonicalising takes time by their square.</summary>
    const int MostAttributes = 64;

    /// <summary>One byte order mark is enough: a second is no white space.</summary>
    static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 1,
        CloseInput = true,
    };

    static XmlReader Open(byte[] utf8) =>
        XmlReader.Create(
            new StreamReader(
                new MemoryStream(utf8, writable: false),
                WithoutMark,
                detectEncodingFromByteOrderMarks: false
            ),
            Settings
        );

    /// <summary>Reads one message.</summary>
    /// <exception cref="CebFormatException">It is no well-formed message of the import side.</exception>
    public static CebMessage Read(ReadOnlyMemory<byte> utf8, CebLimits? limits = null)
    {
        limits ??= CebLimits.Default;
        var content = Content(utf8, limits);
        return CebCanonicalReader.TryRead(content.Span, limits) ?? ReadAnyForm(content, limits);
    }

    /// <summary>The message without its byte order mark: of allowed size, and UTF-8.</summary>
    /// <exception cref="CebFormatException">It is not.</exception>
    internal static ReadOnlyMemory<byte> Content(ReadOnlyMemory<byte> utf8, CebLimits limits)
    {
        RefuseTooLarge(utf8.Length, limits);
        if (utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        if (utf8.IsEmpty)
            throw Empty();
        CebEncoding.RequireUtf8(utf8.Span);
        return utf8;
    }

    /// <summary>Reads a message node by node, whatever its form.</summary>
    /// <exception cref="CebFormatException">It is no well-formed message of the import side.</exception>
    internal static CebMessage ReadAnyForm(ReadOnlyMemory<byte> content, CebLimits limits)
    {
        var state = new ReadState(limits);
        try
        {
            using var reader = Open(content.ToArray());
            try
            {
                return state.Message(reader);
            }
            catch (CebFormatException e) when (e.CopCode is null)
            {
                throw state.WithSender(e, reader);
            }
        }
        catch (XmlException e)
        {
            throw NotXml(e, state.MessageType, state.CopCode, state.MessageGuid);
        }
    }

    /// <summary>The payload of an ExtendMessage that came as a text: XML in which the prefix <c>ceb</c> is known.</summary>
    /// <exception cref="CebFormatException">It is no well-formed XML, or deeper or larger than is read.</exception>
    internal static string ReadPayload(string xml, CebLimits limits)
    {
        var start = $"<ceb:Message xmlns:ceb=\"{CebSchema.Namespace}\">";
        try
        {
            using var reader = XmlReader.Create(new StringReader($"{start}{xml}</ceb:Message>"), Settings);
            reader.MoveToContent();
            var payload = new ReadState(limits).Payload(reader, "ExtendMessage");
            while (reader.Read()) { }
            return payload;
        }
        catch (XmlException e)
        {
            var (chinese, english) = XmlFaults.Of(e, start.Length);
            throw new CebFormatException(
                ProblemCode.NotXml,
                $"ExtendMessage.Message 不是格式良好的 XML{chinese}，请更正后重新发送。ExtendMessage.Message must be well-formed XML as a text, and is not{english}; correct it and send it again."
            );
        }
    }

    /// <exception cref="CebFormatException">It is larger than anything that is read.</exception>
    internal static void RefuseTooLarge(int bytes, CebLimits limits)
    {
        if (bytes > limits.MessageBytes)
            throw new CebFormatException(
                ProblemCode.TooLarge,
                $"报文超过 {limits.MessageBytes} 字节上限，请拆分后重新发送。The message has {bytes} bytes, the limit is {limits.MessageBytes}; split it."
            );
    }

    /// <summary>Nothing was handed in, or only a byte order mark.</summary>
    static CebFormatException Empty() =>
        new(
            ProblemCode.NotXml,
            "报文为空，没有任何内容，请检查所发的文件后重新发送。The message is empty, without any content; check the file that was sent, and send it again."
        );

    /// <summary>What the parser could not go on with, in our words, with what is known of the message so far.</summary>
    internal static CebFormatException NotXml(
        XmlException e,
        string? messageType = null,
        string? copCode = null,
        string? messageGuid = null
    )
    {
        if (e.Message.Contains("DTD is prohibited", StringComparison.Ordinal))
            return new CebFormatException(
                ProblemCode.DtdForbidden,
                "报文含有 DTD，不予受理，请去除 DOCTYPE 后重新发送。The message has a DTD, which is never accepted; remove the DOCTYPE and send it again.",
                messageType,
                copCode,
                messageGuid
            );

        var (chinese, english) = XmlFaults.Of(e);
        return new CebFormatException(
            ProblemCode.NotXml,
            $"报文不是格式良好的 XML{chinese}，请更正后重新发送。Not well-formed XML{english}; correct it and send it again.",
            messageType,
            copCode,
            messageGuid
        );
    }

    /// <summary>The children of the root, in the order in which they may come.</summary>
    enum Place
    {
        Document,
        Transfer,
        Subscription,
        Extension,
        Signature,
    }

    /// <summary>What was read of the children of the root.</summary>
    sealed class Parts
    {
        public ImmutableArray<CebDocument>.Builder Documents { get; } =
            ImmutableArray.CreateBuilder<CebDocument>();

        public CebTransfer? Transfer { get; set; }

        public ImmutableArray<CebSubscription>.Builder Subscriptions { get; } =
            ImmutableArray.CreateBuilder<CebSubscription>();

        public CebExtension? Extension { get; set; }

        public bool IsSigned { get; set; }

        /// <summary>What came last.</summary>
        public Place Last { get; set; }
    }

    /// <summary>What is known so far, so that an error can name it.</summary>
    /// <param name="limits">What a message may cost.</param>
    sealed class ReadState(CebLimits limits)
    {
        public string? MessageType { get; private set; }

        public string? CopCode { get; private set; }

        public string? MessageGuid { get; private set; }

        /// <summary>The fault stands before BaseTransfer, so its sender is not known yet: the rest of the message may still tell, and then the sender can be told.</summary>
        public CebFormatException WithSender(CebFormatException fault, XmlReader reader)
        {
            try
            {
                var inTransfer = false;
                do
                {
                    if (reader.NodeType != XmlNodeType.Element || reader.NamespaceURI != CebSchema.Namespace)
                        continue;
                    if (reader.Depth == 1)
                        inTransfer = reader.LocalName == "BaseTransfer";
                    else if (inTransfer && reader.Depth == 2 && reader.LocalName == "copCode")
                        CopCode = Text(reader, "copCode");
                } while (CopCode is null && reader.Read());
            }
            catch (Exception e) when (e is XmlException or CebFormatException)
            {
                // The rest is no better. What was found first is what is told.
            }
            return CopCode is null
                ? fault
                : new CebFormatException(fault.Code, fault.Message, fault.MessageType, CopCode, MessageGuid);
        }

        CebFormatException Fault(XmlReader at, ProblemCode code, string chinese, string english)
        {
            var position =
                at is IXmlLineInfo line && line.HasLineInfo()
                    ? $" (line {line.LineNumber}, column {line.LinePosition})"
                    : "";
            return new CebFormatException(
                code,
                $"{Clip.To(chinese, 400)}{Clip.To(english, 400)}{position}",
                MessageType,
                CopCode,
                messageGuid: MessageGuid
            );
        }

        public CebMessage Message(XmlReader reader)
        {
            reader.MoveToContent();
            MessageType = Clip.Quote(reader.LocalName);
            LimitAttributes(reader);
            var schema = Schema(reader);
            var (guid, version) = Attributes(reader, schema);
            var parts = new Parts();
            if (!reader.IsEmptyElement)
            {
                reader.Read();
                while (MoveToElement(reader, schema.Root))
                    Take(reader, schema, parts);
            }
            while (reader.Read()) { }
            RequireParts(reader, schema, parts);
            return new CebMessage(
                schema.Type,
                guid,
                version,
                parts.Documents.DrainToImmutable(),
                parts.Transfer,
                parts.Subscriptions.DrainToImmutable(),
                parts.Extension,
                parts.IsSigned
            );
        }

        CebSchema Schema(XmlReader reader) =>
            (reader.NamespaceURI == CebSchema.Namespace ? CebSchema.OfRoot(reader.LocalName) : null)
            ?? throw Fault(
                reader,
                ProblemCode.UnknownMessage,
                $"未知的报文类型 {MessageType}，请按 CEB 报文规范发送。",
                $"Unknown message {{{Clip.Quote(reader.NamespaceURI)}}}{MessageType}; expected a CEB…Message of namespace {CebSchema.Namespace}: correct the root element."
            );

        (string Guid, string Version) Attributes(XmlReader reader, CebSchema schema)
        {
            var guid = reader.GetAttribute("guid");
            var version = reader.GetAttribute("version");
            MessageGuid = guid;
            if (guid is null || version is null)
                throw Fault(
                    reader,
                    ProblemCode.RootAttributeMissing,
                    "根元素缺少 guid 或 version 属性，请补充。",
                    $"The root of {schema.Root} needs the attributes guid and version; add them."
                );
            return (guid, version);
        }

        /// <summary>Reads the next child of the root.</summary>
        void Take(XmlReader reader, CebSchema schema, Parts parts)
        {
            if (reader.NamespaceURI == DsigNamespace && reader.LocalName == "Signature")
            {
                TakeSignature(reader, parts);
                return;
            }
            RequireNamespace(reader);
            var place = PlaceOf(reader, schema);
            if (place < parts.Last)
                throw Fault(
                    reader,
                    ProblemCode.WrongOrder,
                    $"元素 {reader.LocalName} 顺序错误，请按规范顺序排列。",
                    $"Element {reader.LocalName} comes too late in {schema.Root}; the order is {schema.Wrapper}, BaseTransfer, BaseSubscribe, ExtendMessage, Signature."
                );
            parts.Last = place;
            switch (place)
            {
                case Place.Document:
                    RequireRoom(reader, schema, parts.Documents.Count);
                    parts.Documents.Add(Document(reader, schema, parts.Documents.Count + 1));
                    break;
                case Place.Transfer:
                    RequireFirst(reader, parts.Transfer);
                    parts.Transfer = Transfer(reader);
                    break;
                case Place.Subscription:
                    RequireRoom(reader, parts.Subscriptions.Count);
                    parts.Subscriptions.Add(Subscription(reader));
                    break;
                default:
                    RequireFirst(reader, parts.Extension);
                    parts.Extension = Extension(reader);
                    break;
            }
        }

        void TakeSignature(XmlReader reader, Parts parts)
        {
            if (parts.IsSigned)
                throw Fault(
                    reader,
                    ProblemCode.DuplicateElement,
                    "报文含有多个签名 ds:Signature，只允许一个。",
                    "More than one ds:Signature; sign the message once."
                );
            parts.IsSigned = true;
            parts.Last = Place.Signature;
            SkipSignature(reader);
        }

        Place PlaceOf(XmlReader reader, CebSchema schema)
        {
            var name = reader.LocalName;
            if (name == schema.Wrapper)
                return Place.Document;
            Place? place = name switch
            {
                "BaseTransfer" => Place.Transfer,
                "BaseSubscribe" => Place.Subscription,
                "ExtendMessage" => Place.Extension,
                _ => null,
            };
            return place is { } known && schema.IsDeclaration
                ? known
                : throw Fault(
                    reader,
                    ProblemCode.UnknownElement,
                    $"{schema.Root} 中不应出现元素 {Clip.Quote(name)}，请去除。",
                    $"Unexpected element {Clip.Quote(name)} in {schema.Root}; remove it."
                );
        }

        void RequireRoom(XmlReader reader, CebSchema schema, int documents)
        {
            var most = Math.Min(schema.MaxDocuments, limits.UnboundedItems);
            if (documents >= most)
                throw Fault(
                    reader,
                    ProblemCode.TooManyDocuments,
                    $"{schema.Root} 单证数超过上限 {most}，请拆分。",
                    $"{schema.Root} carries more than {most} documents; split it."
                );
        }

        void RequireRoom(XmlReader reader, int subscriptions)
        {
            if (subscriptions == 5)
                throw Fault(
                    reader,
                    ProblemCode.TooManyElements,
                    "BaseSubscribe 超过 5 个，请减少。",
                    "More than 5 BaseSubscribe; at most 5 are allowed."
                );
        }

        void RequireFirst(XmlReader reader, object? before)
        {
            if (before is not null)
                throw Fault(
                    reader,
                    ProblemCode.DuplicateElement,
                    $"{reader.LocalName} 重复，请去除多余的。",
                    $"More than one {reader.LocalName}; keep one."
                );
        }

        void RequireParts(XmlReader reader, CebSchema schema, Parts parts)
        {
            if (parts.Documents.Count == 0)
                throw Fault(
                    reader,
                    ProblemCode.NoDocuments,
                    $"{schema.Root} 不含任何 {schema.Wrapper}，请补充。",
                    $"{schema.Root} has no {schema.Wrapper}; at least one is needed."
                );
            if (schema.IsDeclaration && parts.Transfer is null)
                throw Fault(
                    reader,
                    ProblemCode.TransferMissing,
                    "缺少 BaseTransfer（报文传输实体），请补充。",
                    $"{schema.Root} has no BaseTransfer; add it, its copCode names the sender."
                );
        }

        CebDocument Document(XmlReader reader, CebSchema schema, int number)
        {
            if (schema.HeadIsWrapper)
                return new CebDocument(schema.Type, Fields(reader, schema, schema.Head, number, null));
            string?[]? head = null;
            var lines = new List<string?[]>();
            if (reader.IsEmptyElement)
                reader.Read();
            else
            {
                reader.Read();
                while (MoveToElement(reader, schema.Wrapper))
                {
                    RequireNamespace(reader);
                    if (reader.LocalName == schema.Head.Name)
                    {
                        RequireHeadFirst(reader, schema, number, head is not null, lines.Count);
                        head = Fields(reader, schema, schema.Head, number, null);
                    }
                    else
                        lines.Add(Line(reader, schema, number, lines.Count + 1));
                }
                reader.ReadEndElement();
            }
            if (head is null)
                throw Fault(
                    reader,
                    ProblemCode.HeadMissing,
                    $"第 {number} 份单证缺少 {schema.Head.Name}，请补充。",
                    $"Document {number} of {schema.Root} has no {schema.Head.Name}; add it."
                );
            return new CebDocument(schema.Type, head, [.. lines]);
        }

        void RequireHeadFirst(XmlReader reader, CebSchema schema, int number, bool hasHead, int lines)
        {
            if (hasHead)
                throw Fault(
                    reader,
                    ProblemCode.DuplicateElement,
                    $"第 {number} 份单证的 {schema.Head.Name} 重复，请去除多余的。",
                    $"Document {number} has more than one {schema.Head.Name}; keep one."
                );
            if (lines > 0)
                throw Fault(
                    reader,
                    ProblemCode.WrongOrder,
                    $"第 {number} 份单证的 {schema.Head.Name} 必须在表体之前。",
                    $"In document {number}, {schema.Head.Name} must stand before its lines."
                );
        }

        string?[] Line(XmlReader reader, CebSchema schema, int number, int place)
        {
            if (schema.Line is not { } line || reader.LocalName != line.Name)
                throw Fault(
                    reader,
                    ProblemCode.UnknownElement,
                    $"第 {number} 份单证的 {schema.Wrapper} 中不应出现元素 {Clip.Quote(reader.LocalName)}，请去除。",
                    $"Unexpected element {Clip.Quote(reader.LocalName)} in {schema.Wrapper} (document {number}); remove it."
                );
            var most = Math.Min(schema.MaxLines, limits.UnboundedItems);
            if (place > most)
                throw Fault(
                    reader,
                    ProblemCode.TooManyLines,
                    $"第 {number} 份单证的表体 {line.Name} 超过上限 {most}，请拆分。",
                    $"Document {number} has more than {most} {line.Name}; split it."
                );
            return Fields(reader, schema, line, number, place);
        }

        string?[] Fields(XmlReader reader, CebSchema schema, CebEntity entity, int number, int? line)
        {
            var texts = new string?[entity.Fields.Length];
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return texts;
            }
            reader.Read();
            var last = -1;
            while (MoveToElement(reader, entity.Name))
            {
                RequireNamespace(reader);
                var name =
                    reader.LocalName == "logisticNo" && schema.Type == CebType.TaxBill
                        ? "logisticsNo"
                        : reader.LocalName;
                var field = entity.Find(name);
                if (field is null || field.IsJsonOnly)
                    throw Fault(
                        reader,
                        ProblemCode.UnknownElement,
                        $"{ChinesePlace(number, line)} {entity.Name} 中不应出现元素 {Clip.Quote(name)}，请去除或更正名称。",
                        $"Unexpected element {Clip.Quote(name)} in {entity.Name} ({EnglishPlace(number, line)}); remove it or correct its name."
                    );
                if (texts[field.Index] is not null)
                    throw Fault(
                        reader,
                        ProblemCode.DuplicateElement,
                        $"{ChinesePlace(number, line)}元素 {name}（{field.Label}）重复，请只保留一个。",
                        $"Element {name} appears twice in {entity.Name} ({EnglishPlace(number, line)}); keep one."
                    );
                if (field.Index < last)
                    throw Fault(
                        reader,
                        ProblemCode.WrongOrder,
                        $"{ChinesePlace(number, line)}元素 {name}（{field.Label}）顺序错误，请按规范顺序排列。",
                        $"Element {name} stands too late in {entity.Name} ({EnglishPlace(number, line)}); follow the order of the schema."
                    );
                last = field.Index;
                texts[field.Index] = Text(reader, name);
            }
            reader.ReadEndElement();
            return texts;
        }

        static string EnglishPlace(int number, int? line) =>
            line is null ? $"document {number}" : $"document {number}, line {line}";

        static string ChinesePlace(int number, int? line) =>
            line is null ? $"第 {number} 份单证" : $"第 {number} 份单证第 {line} 行";

        CebTransfer Transfer(XmlReader reader)
        {
            var texts = Simple(reader, "BaseTransfer", ["copCode", "copName", "dxpMode", "dxpId", "note"]);
            return new CebTransfer(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", texts[3] ?? "", texts[4]);
        }

        CebSubscription Subscription(XmlReader reader)
        {
            var texts = Simple(reader, "BaseSubscribe", ["status", "dxpMode", "dxpAddress", "note"]);
            var note = texts[3] is { Length: > 0 } ? texts[3] : null;
            return new CebSubscription(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", note);
        }

        string?[] Simple(XmlReader reader, string element, string[] names)
        {
            var texts = new string?[names.Length];
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return texts;
            }
            reader.Read();
            while (MoveToElement(reader, element))
            {
                RequireNamespace(reader);
                var at = Array.IndexOf(names, reader.LocalName);
                if (at < 0)
                    throw Fault(
                        reader,
                        ProblemCode.UnknownElement,
                        $"{element} 中不应出现元素 {Clip.Quote(reader.LocalName)}，请去除。",
                        $"Unexpected element {Clip.Quote(reader.LocalName)} in {element}; remove it."
                    );
                if (texts[at] is not null)
                    throw Fault(
                        reader,
                        ProblemCode.DuplicateElement,
                        $"{element} 的元素 {reader.LocalName} 重复，请只保留一个。",
                        $"Element {reader.LocalName} appears twice in {element}; keep one."
                    );
                texts[at] = Text(reader, names[at]);
                if (at == 0 && element == "BaseTransfer")
                    CopCode = texts[0];
            }
            reader.ReadEndElement();
            return texts;
        }

        CebExtension Extension(XmlReader reader)
        {
            string? name = null,
                version = null,
                xml = null;
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return new CebExtension("", "", "");
            }
            reader.Read();
            while (MoveToElement(reader, "ExtendMessage"))
            {
                RequireNamespace(reader);
                var element = reader.LocalName;
                if (
                    (
                        element switch
                        {
                            "name" => name,
                            "version" => version,
                            "Message" => xml,
                            _ => null,
                        }
                    )
                    is not null
                )
                    throw Fault(
                        reader,
                        ProblemCode.DuplicateElement,
                        $"ExtendMessage 的元素 {element} 重复，请只保留一个。",
                        $"Element {element} appears twice in ExtendMessage; keep one."
                    );
                switch (element)
                {
                    case "name":
                        name = Text(reader, "name");
                        break;
                    case "version":
                        version = Text(reader, "version");
                        break;
                    case "Message":
                        xml = Payload(reader, "ExtendMessage");
                        break;
                    default:
                        throw Fault(
                            reader,
                            ProblemCode.UnknownElement,
                            $"ExtendMessage 中不应出现元素 {Clip.Quote(element)}，请去除。",
                            $"Unexpected element {Clip.Quote(element)} in ExtendMessage; remove it."
                        );
                }
            }
            reader.ReadEndElement();
            return new CebExtension(name ?? "", version ?? "", xml ?? "");
        }

        /// <summary>A payload of any shape, of which everything that reads it later may build a tree: its depth and size are bounded here.</summary>
        public string Payload(XmlReader reader, string where)
        {
            var (above, elements) = (reader.Depth, 0);
            return CebPayload.Read(reader, r => LimitNode(r, where, ref elements, above));
        }

        CebFormatException TooDeep(XmlReader reader, string where) =>
            Fault(
                reader,
                ProblemCode.TooDeep,
                $"{where} 嵌套超过 {limits.Depth} 层，请减少。",
                $"{where} is nested deeper than {limits.Depth}; flatten it."
            );

        void LimitNode(XmlReader reader, string where, ref int elements, int above = 0)
        {
            if (reader.Depth > above + limits.Depth)
                throw TooDeep(reader, where);
            if (reader.NodeType != XmlNodeType.Element)
                return;
            LimitAttributes(reader);
            if (++elements > limits.UnboundedItems)
                throw Fault(
                    reader,
                    ProblemCode.TooManyElements,
                    $"{where} 的元素超过 {limits.UnboundedItems} 个，请减少。",
                    $"{where} has more than {limits.UnboundedItems} elements; send less."
                );
        }

        void LimitAttributes(XmlReader reader)
        {
            if (reader.AttributeCount > MostAttributes)
                throw Fault(
                    reader,
                    ProblemCode.TooManyAttributes,
                    $"元素 {Clip.Quote(reader.LocalName)} 的属性超过 {MostAttributes} 个，请减少。",
                    $"Element {Clip.Quote(reader.LocalName)} has more than {MostAttributes} attributes; send less."
                );
        }

        /// <summary>Skips the signature, of which the check of it builds a tree, without unbounded recursion; the reader itself is iterative.</summary>
        void SkipSignature(XmlReader reader)
        {
            var (depth, elements) = (reader.Depth, 0);
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return;
            }
            while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
                LimitNode(reader, "Signature", ref elements);
            reader.Read();
        }

        /// <summary>Moves to the next child element; false at the parent's end tag. Text between elements may only be white space.</summary>
        bool MoveToElement(XmlReader reader, string parent)
        {
            while (true)
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        LimitAttributes(reader);
                        return true;
                    case XmlNodeType.EndElement:
                        return false;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        throw Fault(
                            reader,
                            ProblemCode.TextBetweenElements,
                            $"{parent} 的子元素之间出现文本，请去除。",
                            $"Text between the elements of {parent}; remove it."
                        );
                    default:
                        if (!reader.Read())
                            return false;
                        break;
                }
            }
        }

        void RequireNamespace(XmlReader reader)
        {
            if (reader.NamespaceURI != CebSchema.Namespace)
                throw Fault(
                    reader,
                    ProblemCode.WrongNamespace,
                    $"元素 {Clip.Quote(reader.LocalName)} 的命名空间错误，请更正。",
                    $"Element {Clip.Quote(reader.LocalName)} is in namespace '{Clip.Quote(reader.NamespaceURI)}'; put it into {CebSchema.Namespace}."
                );
        }

        string Text(XmlReader reader, string name)
        {
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return "";
            }
            var element = reader.LocalName;
            var text = "";
            // Comments and CDATA sections cut a text into pieces, as many as fit into a message.
            StringBuilder? pieces = null;
            reader.Read();
            while (reader.NodeType != XmlNodeType.EndElement)
            {
                if (
                    reader.NodeType
                    is XmlNodeType.Text
                        or XmlNodeType.CDATA
                        or XmlNodeType.Whitespace
                        or XmlNodeType.SignificantWhitespace
                )
                {
                    if (text.Length == 0)
                        text = reader.Value;
                    else
                        (pieces ??= new StringBuilder(text)).Append(reader.Value);
                }
                else if (reader.NodeType == XmlNodeType.Element)
                    throw Fault(
                        reader,
                        ProblemCode.UnknownElement,
                        $"元素 {name} 不应含有子元素，只能是文本。",
                        $"Element {element} must hold text only; remove the elements in it."
                    );
                if (!reader.Read())
                    break;
            }
            reader.ReadEndElement();
            return pieces?.ToString() ?? text;
        }
    }
}
