using ClearanceEngine.Storage.Forms;

namespace ClearanceEngine.Ceb;

/// <summary>
/// One document (order, payment, list …) or one receipt, as the wire has it: the text of each field, untouched,
/// in the order of the schema. Immutable. Fields are read by the constants of the message's classes:
/// <c>document[OrderHead.OrderNo]</c>.
/// </summary>
[Immutable]
public sealed class CebDocument : IShelved
{
    readonly string?[] _head;
    readonly string?[][] _lines;
    byte[]? _packed;
    Named? _named;

    /// <param name="type">The message type it travels in.</param>
    /// <param name="head">One text for each field of the head, null where absent; owned by the document from now on.</param>
    /// <param name="lines">The lines, each likewise.</param>
    public CebDocument(CebType type, string?[] head, string?[][]? lines = null)
    {
        var schema = CebSchema.Of(type);
        if (head.Length != schema.Head.Fields.Length)
            throw new ArgumentException(
                $"{schema.Head.Name} has {schema.Head.Fields.Length} fields, not {head.Length}.",
                nameof(head)
            );
        Schema = schema;
        _head = head;
        _lines = lines ?? [];
        foreach (var line in _lines)
        {
            if (line.Length != schema.Line?.Fields.Length)
                throw new ArgumentException(
                    $"A line of {schema.Root} has {schema.Line?.Fields.Length ?? 0} fields, not {line.Length}.",
                    nameof(lines)
                );
        }
    }

    public CebType Type => Schema.Type;

    /// <summary>The document as bytes (see <see cref="CebPacking"/>), made once however often it is stored. Not to be written to.</summary>
    public byte[] Packed => _packed ??= CebPacking.Pack(Type, _head, _lines);

    /// <exception cref="InvalidDataException">These are no bytes of <see cref="Packed"/>.</exception>
    public static CebDocument Unpack(byte[] packed)
    {
        var (type, head, lines) = CebPacking.Unpack(packed);
        return new CebDocument(type, head, lines) { _packed = packed };
    }

    public CebSchema Schema { get; }

    /// <summary>Its guid; empty where it has none.</summary>
    public string Guid => Common(Schema.Head.Guid);

    /// <summary>1 new, 2 changed, 3 deleted; empty where it has none.</summary>
    public string AppType => Common(Schema.Head.AppType);

    /// <summary>When its sender made it, as fourteen digits; empty where it has none.</summary>
    public string AppTime => Common(Schema.Head.AppTime);

    /// <summary>1 staged, 2 declared; empty where it has none.</summary>
    public string AppStatus => Common(Schema.Head.AppStatus);

    /// <summary>Its identity (ADR 018), found once: it is compared at every step.</summary>
    /// <exception cref="ArgumentException">It is a receipt.</exception>
    public DocumentKey Key => (_named ??= new Named(DocumentKey.Of(this))).Key;

    /// <summary>The texts of the head, in the order of the schema.</summary>
    internal ReadOnlySpan<string?> HeadTexts => _head;

    /// <summary>The texts of a line, likewise.</summary>
    internal ReadOnlySpan<string?> LineTexts(int line) => _lines[line];

    /// <summary>Number of lines.</summary>
    public int LineCount => _lines.Length;

    /// <summary>The text of a head field; null when absent (an empty element is an empty string).</summary>
    public string? this[CebField field]
    {
        get
        {
            if (field.Entity != Schema.Head)
                throw new ArgumentException(
                    $"{field} is no field of the head of {Schema.Root}.",
                    nameof(field)
                );
            return _head[field.Index];
        }
    }

    /// <summary>The text of a line's field; null when absent. Lines count from 0.</summary>
    public string? this[int line, CebField field]
    {
        get
        {
            if (field.Entity != Schema.Line)
                throw new ArgumentException(
                    $"{field} is no field of a line of {Schema.Root}.",
                    nameof(field)
                );
            return _lines[line][field.Index];
        }
    }

    /// <summary>A head field that must be there.</summary>
    /// <exception cref="InvalidOperationException">It is absent; the document was not validated.</exception>
    public string Required(CebField field) =>
        this[field]
        ?? throw new InvalidOperationException(
            $"{field} is absent in a document that should have been validated."
        );

    /// <summary>The same document with one head field changed.</summary>
    public CebDocument With(CebField field, string? value)
    {
        if (field.Entity != Schema.Head)
            throw new ArgumentException($"{field} is no field of the head of {Schema.Root}.", nameof(field));
        var head = (string?[])_head.Clone();
        head[field.Index] = value;
        return new CebDocument(Type, head, _lines);
    }

    /// <summary>The same head with these of its lines (fan-out and regrouping of inbound notes).</summary>
    public CebDocument WithLines(IEnumerable<int> lines) =>
        new(Type, _head, [.. lines.Select(i => _lines[i])]);

    /// <summary>The same head with lines of several documents of this type.</summary>
    public CebDocument WithLinesOf(IEnumerable<CebDocument> documents) =>
        new(Type, _head, [.. documents.SelectMany(d => d._lines)]);

    /// <summary>
    /// The same document with texts no longer than just beyond what their fields may hold: as wrong as before, but small.
    /// What is wrong with it was found on the whole; what is kept and echoed of it is bounded.
    /// </summary>
    public CebDocument Bounded()
    {
        if (!NeedsChange(TooLong))
            return this;
        return Changed((field, text) => TooLong(field, text) ? Clip.To(text!, field.MaxLength + 2) : text);

        static bool TooLong(CebField field, string? text) =>
            text is not null && text.Length - 2 > field.MaxLength;
    }

    /// <summary>
    /// The same document without its empty optional elements: they say what an absent one says, and the official schema
    /// refuses a whole message for one of them.
    /// </summary>
    public CebDocument WithoutEmpty()
    {
        if (!NeedsChange(IsIdle))
            return this;
        return Changed((field, text) => IsIdle(field, text) ? null : text);

        static bool IsIdle(CebField field, string? text) =>
            text is { Length: 0 } && field.Presence != Presence.Required;
    }

    /// <summary>Whether there is such a text.</summary>
    bool NeedsChange(Func<CebField, string?, bool> isSuch)
    {
        if (NeedsChange(Schema.Head, _head, isSuch))
            return true;
        foreach (var line in _lines)
        {
            if (NeedsChange(Schema.Line!, line, isSuch))
                return true;
        }
        return false;
    }

    static bool NeedsChange(CebEntity entity, string?[] texts, Func<CebField, string?, bool> isSuch)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (isSuch(entity.Fields[i], texts[i]))
                return true;
        }
        return false;
    }

    /// <summary>The same document with each text made another.</summary>
    CebDocument Changed(Func<CebField, string?, string?> change)
    {
        return new CebDocument(
            Type,
            Changed(Schema.Head, _head),
            [.. _lines.Select(line => Changed(Schema.Line!, line))]
        );

        string?[] Changed(CebEntity entity, string?[] texts) =>
            [.. texts.Select((text, i) => change(entity.Fields[i], text))];
    }

    /// <summary>True when head and lines are the same, text by text.</summary>
    public bool SameAs(CebDocument other) =>
        Type == other.Type
        && _head.AsSpan().SequenceEqual(other._head)
        && _lines.Length == other._lines.Length
        && _lines.Zip(other._lines).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    /// <summary>Builds a document field by field, for receipts, samples and tests.</summary>
    public static CebDocument Create(CebType type, params (CebField Field, string? Value)[] head)
    {
        var texts = new string?[CebSchema.Of(type).Head.Fields.Length];
        foreach (var (field, value) in head)
        {
            if (field.Entity != CebSchema.Of(type).Head)
                throw new ArgumentException(
                    $"{field} is no field of the head of {CebSchema.Of(type).Root}.",
                    nameof(head)
                );
            texts[field.Index] = value;
        }
        return new CebDocument(type, texts);
    }

    /// <summary>The same document with one more line.</summary>
    public CebDocument AddLine(params (CebField Field, string? Value)[] line)
    {
        var texts = new string?[
            Schema.Line?.Fields.Length ?? throw new InvalidOperationException($"{Schema.Root} has no lines.")
        ];
        foreach (var (field, value) in line)
        {
            if (field.Entity != Schema.Line)
                throw new ArgumentException($"{field} is no field of a line of {Schema.Root}.", nameof(line));
            texts[field.Index] = value;
        }
        return new CebDocument(Type, _head, [.. _lines, texts]);
    }

    string Common(CebField? field) => field is null ? "" : _head[field.Index] ?? "";

    /// <summary>An object, so that it is there as a whole or not at all.</summary>
    sealed record Named(DocumentKey Key);
}
