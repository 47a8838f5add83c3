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
    const string DsigNamespace = "http://www.w3.org/2000/09/xmldsig#";

    static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 1,
        CloseInput = false,
    };

    /// <summary>Reads one message.</summary>
    /// <exception cref="CebFormatException">It is no well-formed message of the import side.</exception>
    public static CebMessage Read(ReadOnlyMemory<byte> utf8, CebLimits? limits = null)
    {
        limits ??= CebLimits.Default;
        if (utf8.Length > limits.MessageBytes)
            throw new CebFormatException("too-large", $"报文超过 {limits.MessageBytes} 字节上限,请拆分后重新发送。The message has {utf8.Length} bytes, the limit is {limits.MessageBytes}; split it.");
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        var state = new ReadState(limits);
        try
        {
            using var text = new StreamReader(new MemoryStream(utf8.ToArray(), writable: false), StrictUtf8, detectEncodingFromByteOrderMarks: false);
            RefuseOtherEncodings(utf8.Span);
            using var reader = XmlReader.Create(text, Settings);
            return state.Message(reader);
        }
        catch (XmlException e)
        {
            var dtd = e.Message.Contains("DTD", StringComparison.Ordinal);
            throw new CebFormatException(
                dtd ? "dtd-forbidden" : "not-xml",
                dtd
                    ? "报文含有 DTD,不予受理,请去除。The message has a DTD, which is never accepted; remove it."
                    : $"报文不是格式良好的 XML(第 {e.LineNumber} 行第 {e.LinePosition} 列)。Not well-formed XML at line {e.LineNumber}, column {e.LinePosition}: {e.Message}",
                state.MessageType, state.CopCode);
        }
        catch (DecoderFallbackException e)
        {
            throw new CebFormatException("wrong-encoding", $"报文不是 UTF-8 编码,请转换后重新发送。The bytes are not UTF-8 (at byte {e.Index}); convert the message to UTF-8.", state.MessageType, state.CopCode);
        }
    }

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>An XML declaration may name UTF-8 only; the reader gets characters and would not notice another name.</summary>
    static void RefuseOtherEncodings(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || utf8.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) throw WrongEncoding("UTF-16");
        var head = Encoding.Latin1.GetString(utf8[..Math.Min(utf8.Length, 200)]);
        var start = head.IndexOf("<?xml", StringComparison.Ordinal);
        if (start < 0) return;
        var end = head.IndexOf("?>", start, StringComparison.Ordinal);
        var declaration = end < 0 ? head[start..] : head[start..end];
        var at = declaration.IndexOf("encoding", StringComparison.Ordinal);
        if (at < 0) return;
        var value = declaration[at..].Split('"', '\'') is [_, var name, ..] ? name : "";
        if (!value.Equals("UTF-8", StringComparison.OrdinalIgnoreCase) && !value.Equals("UTF8", StringComparison.OrdinalIgnoreCase)) throw WrongEncoding(value);

        static CebFormatException WrongEncoding(string name) =>
            new("wrong-encoding", $"报文编码为 {name},只接受 UTF-8。The message is encoded as {name}; only UTF-8 is accepted.");
    }

    /// <summary>What is known so far, so that an error can name it.</summary>
    sealed class ReadState(CebLimits limits)
    {
        public string? MessageType { get; private set; }

        public string? CopCode { get; private set; }

        CebFormatException Fault(XmlReader at, string code, string chinese, string english)
        {
            var position = at is IXmlLineInfo line && line.HasLineInfo() ? $" (line {line.LineNumber}, column {line.LinePosition})" : "";
            return new CebFormatException(code, $"{chinese}{english}{position}", MessageType, CopCode);
        }

        public CebMessage Message(XmlReader reader)
        {
            reader.MoveToContent();
            MessageType = reader.LocalName;
            var schema = reader.NamespaceURI == CebSchema.Namespace ? CebSchema.OfRoot(reader.LocalName) : null;
            if (schema is null)
                throw Fault(reader, "unknown-message", $"未知的报文类型 {reader.Name}。", $"Unknown message {{{reader.NamespaceURI}}}{reader.LocalName}; expected a CEB…Message of {CebSchema.Namespace}.");
            var guid = reader.GetAttribute("guid");
            var version = reader.GetAttribute("version");
            if (guid is null || version is null)
                throw Fault(reader, "root-attribute-missing", "根元素缺少 guid 或 version 属性。", $"The root of {schema.Root} needs the attributes guid and version.");

            var documents = ImmutableArray.CreateBuilder<CebDocument>();
            var subscriptions = ImmutableArray.CreateBuilder<CebSubscription>();
            CebTransfer? transfer = null;
            CebExtension? extension = null;
            var signed = false;
            var stage = 0; // documents, BaseTransfer, BaseSubscribe, ExtendMessage, Signature

            if (!reader.IsEmptyElement)
            {
                reader.Read();
                while (MoveToElement(reader, schema.Root))
                {
                    if (reader.NamespaceURI == DsigNamespace && reader.LocalName == "Signature")
                    {
                        if (signed) throw Fault(reader, "duplicate-element", "报文含有多个签名。", "More than one ds:Signature.");
                        signed = true;
                        stage = 4;
                        Skip(reader);
                        continue;
                    }
                    RequireNamespace(reader);
                    var name = reader.LocalName;
                    var next = name == schema.Wrapper ? 0 : name switch { "BaseTransfer" => 1, "BaseSubscribe" => 2, "ExtendMessage" => 3, _ => -1 };
                    if (next < 0 || (next > 0 && !schema.IsDeclaration))
                        throw Fault(reader, "unknown-element", $"{schema.Root} 中不应出现元素 {name}。", $"Unexpected element {name} in {schema.Root}.");
                    if (next < stage) throw Fault(reader, "wrong-order", $"元素 {name} 顺序错误。", $"Element {name} comes too late in {schema.Root}; the order is {schema.Wrapper}, BaseTransfer, BaseSubscribe, ExtendMessage, Signature.");
                    stage = next;
                    switch (next)
                    {
                        case 0:
                            if (documents.Count >= Math.Min(schema.MaxDocuments, limits.UnboundedItems))
                                throw Fault(reader, "too-many-documents", $"{schema.Root} 单证数超过上限。", $"{schema.Root} carries more than {Math.Min(schema.MaxDocuments, limits.UnboundedItems)} documents; split it.");
                            documents.Add(Document(reader, schema, documents.Count + 1));
                            break;
                        case 1:
                            if (transfer is not null) throw Fault(reader, "duplicate-element", "BaseTransfer 重复。", "More than one BaseTransfer.");
                            transfer = Transfer(reader);
                            break;
                        case 2:
                            if (subscriptions.Count == 5) throw Fault(reader, "too-many-elements", "BaseSubscribe 超过 5 个。", "More than 5 BaseSubscribe.");
                            subscriptions.Add(Subscription(reader));
                            break;
                        default:
                            if (extension is not null) throw Fault(reader, "duplicate-element", "ExtendMessage 重复。", "More than one ExtendMessage.");
                            extension = Extension(reader);
                            break;
                    }
                }
            }
            while (reader.Read()) { }
            if (documents.Count == 0) throw Fault(reader, "no-documents", $"{schema.Root} 不含任何 {schema.Wrapper}。", $"{schema.Root} has no {schema.Wrapper}.");
            if (schema.IsDeclaration && transfer is null)
                throw Fault(reader, "transfer-missing", "缺少 BaseTransfer(报文传输实体)。", $"{schema.Root} has no BaseTransfer; its copCode names the sender.");
            return new CebMessage(schema.Type, guid, version, documents.DrainToImmutable(), transfer, subscriptions.DrainToImmutable(), extension, signed);
        }

        CebDocument Document(XmlReader reader, CebSchema schema, int number)
        {
            if (schema.HeadIsWrapper) return new CebDocument(schema.Type, Fields(reader, schema, schema.Head, number, null));
            string?[]? head = null;
            var lines = new List<string?[]>();
            if (reader.IsEmptyElement) reader.Read();
            else
            {
                reader.Read();
                while (MoveToElement(reader, schema.Wrapper))
                {
                    RequireNamespace(reader);
                    if (reader.LocalName == schema.Head.Name)
                    {
                        if (head is not null) throw Fault(reader, "duplicate-element", $"第 {number} 份单证的 {schema.Head.Name} 重复。", $"Document {number} has more than one {schema.Head.Name}.");
                        if (lines.Count > 0) throw Fault(reader, "wrong-order", $"第 {number} 份单证的 {schema.Head.Name} 必须在表体之前。", $"In document {number}, {schema.Head.Name} must stand before its lines.");
                        head = Fields(reader, schema, schema.Head, number, null);
                    }
                    else if (schema.Line is { } line && reader.LocalName == line.Name)
                    {
                        if (lines.Count >= Math.Min(schema.MaxLines, limits.UnboundedItems))
                            throw Fault(reader, "too-many-lines", $"第 {number} 份单证的表体超过上限。", $"Document {number} has more than {Math.Min(schema.MaxLines, limits.UnboundedItems)} {line.Name}.");
                        lines.Add(Fields(reader, schema, line, number, lines.Count + 1));
                    }
                    else throw Fault(reader, "unknown-element", $"{schema.Wrapper} 中不应出现元素 {reader.LocalName}。", $"Unexpected element {reader.LocalName} in {schema.Wrapper} (document {number}).");
                }
                reader.ReadEndElement();
            }
            if (head is null) throw Fault(reader, "head-missing", $"第 {number} 份单证缺少 {schema.Head.Name}。", $"Document {number} of {schema.Root} has no {schema.Head.Name}.");
            return new CebDocument(schema.Type, head, [.. lines]);
        }

        string?[] Fields(XmlReader reader, CebSchema schema, CebEntity entity, int number, int? line)
        {
            var texts = new string?[entity.Fields.Count];
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
                var name = reader.LocalName == "logisticNo" && schema.Type == CebType.TaxBill ? "logisticsNo" : reader.LocalName;
                var field = entity.Find(name);
                if (field is null || field.IsJsonOnly)
                    throw Fault(reader, "unknown-element", $"{entity.Name} 中不应出现元素 {name}。", $"Unexpected element {name} in {entity.Name} ({Place(number, line)}).");
                if (texts[field.Index] is not null)
                    throw Fault(reader, "duplicate-element", $"元素 {name}({field.Label})重复。", $"Element {name} appears twice in {entity.Name} ({Place(number, line)}).");
                if (field.Index < last)
                    throw Fault(reader, "wrong-order", $"元素 {name}({field.Label})顺序错误。", $"Element {name} stands too late in {entity.Name} ({Place(number, line)}); follow the order of the schema.");
                last = field.Index;
                texts[field.Index] = Text(reader, name);
            }
            reader.ReadEndElement();
            return texts;
        }

        static string Place(int number, int? line) => line is null ? $"document {number}" : $"document {number}, line {line}";

        CebTransfer Transfer(XmlReader reader)
        {
            var texts = Simple(reader, "BaseTransfer", ["copCode", "copName", "dxpMode", "dxpId", "note"]);
            CopCode = texts[0];
            return new CebTransfer(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", texts[3] ?? "", texts[4]);
        }

        CebSubscription Subscription(XmlReader reader)
        {
            var texts = Simple(reader, "BaseSubscribe", ["status", "dxpMode", "dxpAddress", "note"]);
            return new CebSubscription(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", texts[3]);
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
                if (at < 0) throw Fault(reader, "unknown-element", $"{element} 中不应出现元素 {reader.LocalName}。", $"Unexpected element {reader.LocalName} in {element}.");
                if (texts[at] is not null) throw Fault(reader, "duplicate-element", $"元素 {reader.LocalName} 重复。", $"Element {reader.LocalName} appears twice in {element}.");
                texts[at] = Text(reader, names[at]);
            }
            reader.ReadEndElement();
            return texts;
        }

        CebExtension Extension(XmlReader reader)
        {
            string? name = null, version = null, xml = null;
            reader.Read();
            while (MoveToElement(reader, "ExtendMessage"))
            {
                RequireNamespace(reader);
                switch (reader.LocalName)
                {
                    case "name": name = Text(reader, "name"); break;
                    case "version": version = Text(reader, "version"); break;
                    case "Message":
                        if (reader.Depth > limits.Depth) throw Fault(reader, "too-deep", "嵌套过深。", "Nested too deeply.");
                        xml = reader.ReadOuterXml();
                        if (Depth(xml) > limits.Depth) throw Fault(reader, "too-deep", "ExtendMessage 嵌套过深。", $"ExtendMessage is nested deeper than {limits.Depth}.");
                        break;
                    default: throw Fault(reader, "unknown-element", $"ExtendMessage 中不应出现元素 {reader.LocalName}。", $"Unexpected element {reader.LocalName} in ExtendMessage.");
                }
            }
            reader.ReadEndElement();
            return new CebExtension(name ?? "", version ?? "", xml ?? "");
        }

        static int Depth(string xml)
        {
            var deepest = 0;
            using var reader = XmlReader.Create(new StringReader(xml), Settings);
            while (reader.Read()) deepest = Math.Max(deepest, reader.Depth);
            return deepest;
        }

        /// <summary>Skips a subtree without unbounded recursion; the reader itself is iterative.</summary>
        void Skip(XmlReader reader)
        {
            var depth = reader.Depth;
            if (reader.IsEmptyElement)
            {
                reader.Read();
                return;
            }
            while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
            {
                if (reader.Depth > limits.Depth) throw Fault(reader, "too-deep", "嵌套过深。", $"Nested deeper than {limits.Depth}.");
            }
            reader.Read();
        }

        /// <summary>Moves to the next child element; false at the parent's end tag. Text between elements may only be white space.</summary>
        bool MoveToElement(XmlReader reader, string parent)
        {
            while (true)
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element: return true;
                    case XmlNodeType.EndElement: return false;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        throw Fault(reader, "text-between-elements", $"{parent} 的子元素之间出现文本。", $"Text between the elements of {parent}.");
                    default:
                        if (!reader.Read()) return false;
                        break;
                }
            }
        }

        void RequireNamespace(XmlReader reader)
        {
            if (reader.NamespaceURI != CebSchema.Namespace)
                throw Fault(reader, "wrong-namespace", $"元素 {reader.LocalName} 的命名空间错误。", $"Element {reader.LocalName} is in namespace '{reader.NamespaceURI}', expected {CebSchema.Namespace}.");
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
            reader.Read();
            while (reader.NodeType != XmlNodeType.EndElement)
            {
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
                    text = text.Length == 0 ? reader.Value : text + reader.Value;
                else if (reader.NodeType == XmlNodeType.Element)
                    throw Fault(reader, "unknown-element", $"元素 {name} 不应含有子元素。", $"Element {element} must hold text only.");
                if (!reader.Read()) break;
            }
            reader.ReadEndElement();
            return text;
        }
    }
}
