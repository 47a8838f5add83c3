using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace ClearanceEngine.Ceb;

/// <summary>
/// Reads by its bytes a message in the canonical form of <see cref="CebWriter"/>, or with an XML declaration and white
/// space between its elements. It gives what <see cref="CebReader"/> gives, or nothing: whatever it does not know, right
/// or wrong, is that reader's, and so is every error.
/// </summary>
ref struct CebCanonicalReader
{
    const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    static readonly CebTag Transfer = new("BaseTransfer");

    static readonly CebTag?[] TransferFields =
    [
        new("copCode"),
        new("copName"),
        new("dxpMode"),
        new("dxpId"),
        new("note"),
    ];

    /// <summary>Where a value of the root ends, or what would have to be looked at closer.</summary>
    static readonly SearchValues<byte> ValueEnds = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(c => (byte)c),
        .. "\"<&"u8,
    ]);

    /// <summary>What does not stand in a text as it is: forbidden, read as something else, or an entity.</summary>
    static readonly SearchValues<byte> Specials = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(c => (byte)c).Where(c => c is not ((byte)'\t' or (byte)'\n')),
        .. "&>"u8,
    ]);

    readonly ReadOnlySpan<byte> _utf8;
    readonly int _mostItems;
    int _at;
    string?[]? _headBefore;
    string?[]? _lineBefore;

    CebCanonicalReader(ReadOnlySpan<byte> utf8, CebLimits limits)
    {
        _utf8 = utf8;
        _mostItems = limits.UnboundedItems;
    }

    /// <summary>The message; null when it is not in that form.</summary>
    /// <param name="utf8">Bytes that are known to be UTF-8, without a byte order mark.</param>
    /// <param name="limits">What a message may cost.</param>
    public static CebMessage? TryRead(ReadOnlySpan<byte> utf8, CebLimits limits)
    {
        // The two characters that XML forbids beside the control characters.
        if (utf8.IndexOf("\uFFFE"u8) >= 0 || utf8.IndexOf("\uFFFF"u8) >= 0)
            return null;
        return new CebCanonicalReader(utf8, limits).Message();
    }

    /// <summary>Where a text stands in the message.</summary>
    readonly record struct Place(int Start, int Length);

    CebMessage? Message()
    {
        if (!Take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"u8))
            Take("<?xml version=\"1.0\" encoding=\"utf-8\"?>"u8);
        SkipWhiteSpace();
        if (Root() is not { } schema || !RootAttributes(out var guid, out var version))
            return null;

        var documents = Documents(schema);
        if (documents.IsEmpty)
            return null;
        var transfer = schema.IsDeclaration ? BaseTransfer() : null;
        if (schema.IsDeclaration && transfer is null)
            return null;

        if (!TakeTag(schema.RootTag.End))
            return null;
        SkipWhiteSpace();
        if (_at < _utf8.Length)
            return null;
        return new CebMessage(schema.Type, guid, version, documents, transfer, Subscriptions: []);
    }

    /// <summary>The start of the root's tag, up to its attributes.</summary>
    CebSchema? Root()
    {
        foreach (var schema in CebSchema.All)
        {
            // Without its end: attributes follow.
            if (Take(schema.RootTag.Start.AsSpan(..^1)))
                return schema;
        }
        return null;
    }

    bool RootAttributes(out string guid, out string version)
    {
        string? space = null,
            instance = null,
            guidRead = null,
            versionRead = null;
        while (
            TakeAttribute(" xmlns:ceb=\""u8, ref space)
            || TakeAttribute(" xmlns:xsi=\""u8, ref instance)
            || TakeAttribute(" guid=\""u8, ref guidRead)
            || TakeAttribute(" version=\""u8, ref versionRead)
        ) { }
        guid = guidRead ?? "";
        version = versionRead ?? "";
        return guidRead is not null
            && versionRead is not null
            && space == CebSchema.Namespace
            && instance is null or SchemaInstance
            && Take(">"u8);
    }

    /// <summary>An attribute that was not there yet.</summary>
    bool TakeAttribute(ReadOnlySpan<byte> start, ref string? value)
    {
        if (value is not null || !Take(start))
            return false;
        var rest = _utf8[_at..];
        var length = rest.IndexOfAny(ValueEnds);
        if (length < 0 || rest[length] != '"')
            return false;
        value = Encoding.UTF8.GetString(rest[..length]);
        _at += length + 1;
        return true;
    }

    /// <summary>Empty when one of them is not in the form.</summary>
    ImmutableArray<CebDocument> Documents(CebSchema schema)
    {
        Span<Place> head = stackalloc Place[schema.Head.Tags.Length];
        Span<Place> line = stackalloc Place[schema.Line?.Tags.Length ?? 0];
        var documents = ImmutableArray.CreateBuilder<CebDocument>();
        while (TakeTag(schema.WrapperTag.Start))
        {
            if (documents.Count >= Math.Min(schema.MaxDocuments, _mostItems))
                return [];
            if (Document(schema, head, line) is not { } document)
                return [];
            documents.Add(document);
        }
        return documents.DrainToImmutable();
    }

    CebDocument? Document(CebSchema schema, scoped Span<Place> headPlaces, scoped Span<Place> linePlaces)
    {
        if (!schema.HeadIsWrapper && !TakeTag(schema.Head.Tag.Start))
            return null;
        if (Texts(schema.Head.Tags, schema.Head.Tag.End, _headBefore, headPlaces) is not { } head)
            return null;
        _headBefore = head;
        if (schema.HeadIsWrapper)
            return new CebDocument(schema.Type, head);

        if (Lines(schema, linePlaces) is not { } lines || !TakeTag(schema.WrapperTag.End))
            return null;
        return new CebDocument(schema.Type, head, lines);
    }

    string?[][]? Lines(CebSchema schema, scoped Span<Place> places)
    {
        if (schema.Line is not { } entity || !TakeTag(entity.Tag.Start))
            return [];
        var lines = new List<string?[]>();
        do
        {
            if (lines.Count >= Math.Min(schema.MaxLines, _mostItems))
                return null;
            if (Texts(entity.Tags, entity.Tag.End, _lineBefore, places) is not { } line)
                return null;
            lines.Add(line);
            _lineBefore = line;
        } while (TakeTag(entity.Tag.Start));
        return [.. lines];
    }

    CebTransfer? BaseTransfer()
    {
        Span<Place> places = stackalloc Place[TransferFields.Length];
        if (!TakeTag(Transfer.Start) || Texts(TransferFields, Transfer.End, null, places) is not { } texts)
            return null;
        return new CebTransfer(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", texts[3] ?? "", texts[4]);
    }

    /// <summary>The texts of the elements up to the end tag, each at most once and in this order.</summary>
    /// <param name="tags">The elements; null for what XML does not have.</param>
    /// <param name="end">The end tag.</param>
    /// <param name="before">The texts of the same elements in the document before: names and codes, which are the same in most, are not made anew.</param>
    /// <param name="places">Where those stood; where these stand, afterwards.</param>
    string?[]? Texts(
        ReadOnlySpan<CebTag?> tags,
        ReadOnlySpan<byte> end,
        string?[]? before,
        scoped Span<Place> places
    )
    {
        var texts = new string?[tags.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i] is not { } tag || !TakeTag(tag.Start))
                continue;
            if (Text(before?[i], ref places[i]) is not { } text || !Take(tag.End))
                return null;
            texts[i] = text;
        }
        return TakeTag(end) ? texts : null;
    }

    /// <summary>What stands before the next tag; null when it has what is not in the form.</summary>
    string? Text(string? before, ref Place place)
    {
        var rest = _utf8[_at..];
        var length = rest.IndexOf((byte)'<');
        if (length < 0)
            return null;
        var text = rest[..length];
        var isAsBefore = before is not null && text.SequenceEqual(_utf8.Slice(place.Start, place.Length));
        place = new Place(_at, length);
        _at += length;
        if (isAsBefore)
            return before;
        return text.IndexOfAny(Specials) < 0 ? Encoding.UTF8.GetString(text) : Unescaped(text);
    }

    /// <summary>A text with the entities that every XML has and the carriage return that canonical XML writes as one; null when it has anything else.</summary>
    static string? Unescaped(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder();
        int special;
        while ((special = utf8.IndexOfAny(Specials)) >= 0)
        {
            text.Append(Encoding.UTF8.GetString(utf8[..special]));
            utf8 = utf8[special..];
            if (Entity(utf8) is not { } entity)
                return null;
            text.Append(entity);
            utf8 = utf8[(utf8.IndexOf((byte)';') + 1)..];
        }
        return text.Append(Encoding.UTF8.GetString(utf8)).ToString();
    }

    /// <summary>The character that the text begins with as an entity.</summary>
    static char? Entity(ReadOnlySpan<byte> text) =>
        text switch
        {
            _ when text.StartsWith("&amp;"u8) => '&',
            _ when text.StartsWith("&lt;"u8) => '<',
            _ when text.StartsWith("&gt;"u8) => '>',
            _ when text.StartsWith("&quot;"u8) => '"',
            _ when text.StartsWith("&apos;"u8) => '\'',
            _ when text.StartsWith("&#xD;"u8) => '\r',
            _ => null,
        };

    /// <summary>A tag, with white space before it.</summary>
    bool TakeTag(ReadOnlySpan<byte> tag)
    {
        SkipWhiteSpace();
        return Take(tag);
    }

    bool Take(ReadOnlySpan<byte> expected)
    {
        if (!_utf8[_at..].StartsWith(expected))
            return false;
        _at += expected.Length;
        return true;
    }

    void SkipWhiteSpace()
    {
        while (_at < _utf8.Length && _utf8[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            _at++;
    }
}
