using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClearanceEngine;

/// <summary>Something wrong in a file, where it stands.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Path">JSON path of the field, such as <c>$[2].modes[0]</c>.</param>
/// <param name="Text">What is wrong and what is allowed, in both languages.</param>
public sealed record FileFault(int Line, string Path, string Text)
{
    public override string ToString() => $"第 {Line} 行 line {Line}, {Path}: {Text}";
}

/// <summary>An entry of a file, and on which line each of its fields stands.</summary>
/// <param name="Value">The entry.</param>
/// <param name="Path">Its JSON path.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Lines">Line by field, <c>modes</c> or <c>modes[0]</c>.</param>
public sealed record JsonRow<T>(T Value, string Path, int Line, IReadOnlyDictionary<string, int> Lines)
{
    /// <summary>A fault of this entry; of the entry itself where the field is not written.</summary>
    /// <param name="field">Field in the file's spelling; empty for the entry.</param>
    /// <param name="text">In both languages.</param>
    public FileFault Fault(string field, string text) =>
        new(Lines.GetValueOrDefault(field, Line), field.Length == 0 ? Path : $"{Path}.{field}", text);
}

/// <summary>
/// A JSON file that is a list of entries, read entry by entry: all that is wrong with it is told at once, with line and field.
/// Pure. Fields of an entry are values or lists of values.
/// </summary>
/// <param name="Rows">The entries that could be read.</param>
/// <param name="Faults">What could not.</param>
public sealed record JsonRows<T>(ImmutableArray<JsonRow<T>> Rows, ImmutableArray<FileFault> Faults);

/// <summary>Reads <see cref="JsonRows{T}"/>.</summary>
public static class JsonRows
{
    static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Where an entry stands: its bytes, its first line, and the lines of its fields.</summary>
    /// <param name="Start">First byte.</param>
    /// <param name="End">Byte after the last.</param>
    /// <param name="Line">Line where it begins.</param>
    /// <param name="Lines">Lines of its fields and of the items of their lists.</param>
    /// <param name="Fields">Names of its fields as they are written.</param>
    /// <param name="Nothings">Items of its lists that are <c>null</c>, which no list may hold.</param>
    sealed record Place(
        int Start,
        int End,
        int Line,
        Dictionary<string, int> Lines,
        List<string> Fields,
        List<string> Nothings
    );

    /// <param name="json">The file.</param>
    /// <param name="options">How an entry is read; comments and trailing commas are always allowed, unknown fields never.</param>
    public static JsonRows<T> Read<T>(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        if (json.StartsWith(ByteOrderMark))
            json = json[ByteOrderMark.Length..];
        var reading = new JsonSerializerOptions(options)
        {
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            // Told by us, with the nearest name.
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            RespectNullableAnnotations = true,
        };
        reading.MakeReadOnly(populateMissingResolver: true);

        var faults = new List<FileFault>();
        var rows = new List<JsonRow<T>>();
        foreach (var (index, place) in Places(json, faults).Index())
        {
            var row = new JsonRow<T>(default!, $"$[{index}]", place.Line, place.Lines);
            var ofNames = FaultsOfNames(row, place, reading.GetTypeInfo(typeof(T))).ToArray();
            faults.AddRange(ofNames);
            if (Value(json[place.Start..place.End], row, reading, ofNames.Length > 0, faults) is { } value)
                rows.Add(row with { Value = value });
        }
        return new([.. rows], [.. faults.OrderBy(f => f.Line)]);
    }

    static T? Value<T>(
        ReadOnlySpan<byte> entry,
        JsonRow<T> row,
        JsonSerializerOptions options,
        bool isFaulty,
        List<FileFault> faults
    )
    {
        try
        {
            return JsonSerializer.Deserialize<T>(entry, options);
        }
        catch (JsonException e)
        {
            var field = e.Path is { Length: > 2 } path ? path[2..] : "";
            // A field that is missing was told by its name.
            if (field.Length > 0)
                faults.Add(row.Fault(field, Expected(options.GetTypeInfo(typeof(T)), field)));
            else if (!isFaulty)
                faults.Add(row.Fault("", "无法读取。It cannot be read."));
            return default;
        }
    }

    static IEnumerable<FileFault> FaultsOfNames<T>(JsonRow<T> row, Place place, JsonTypeInfo type)
    {
        var known = type.Properties.Where(p => p.Set is not null).ToArray();
        foreach (var field in place.Fields)
        {
            if (known.Any(p => Same(p.Name, field)))
                continue;
            var nearest = Nearest.Of(field, known.Select(p => p.Name)) is { } meant
                ? $"是否指 {meant}?It is no field; did you mean {meant}?"
                : $"可用字段 {string.Join("、", known.Select(p => p.Name))}。It is no field; there are {string.Join(", ", known.Select(p => p.Name))}.";
            yield return row.Fault(field, $"没有此字段，{nearest}");
        }
        foreach (var twice in place.Fields.GroupBy(f => f, StringComparer.OrdinalIgnoreCase))
        {
            if (twice.Count() > 1)
                yield return row.Fault(twice.Key, "重复。It is given twice.");
        }
        foreach (var nothing in place.Nothings)
            yield return row.Fault(nothing, Expected(type, nothing));
        foreach (var missing in known.Where(p => p.IsRequired && !place.Fields.Any(f => Same(p.Name, f))))
            yield return row.Fault(missing.Name, "缺少此字段。It is missing.");
    }

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a field should hold.</summary>
    static string Expected(JsonTypeInfo entry, string field)
    {
        var name = field.Split('[', '.')[0];
        var property = entry.Properties.FirstOrDefault(p => Same(p.Name, name));
        var (chinese, english) = property is null ? ("", "") : Words(property.PropertyType);
        var isOneOfList = property is not null && ElementOf(property.PropertyType) is not null;
        if (isOneOfList && !field.Contains('['))
            (chinese, english) = (
                $"列表，如 [\"…\"]，其中为{chinese}",
                $"a list such as [\"…\"], of {english}"
            );
        return $"应为{chinese}。It must be {english}.";
    }

    static (string Chinese, string English) Words(Type type)
    {
        type = ElementOf(type) ?? Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            var names = Enum.GetValues(type).Cast<Enum>().Select(WireName.Of).ToArray();
            return ($" {string.Join("、", names)}", $"one of {string.Join(", ", names)}");
        }
        if (type == typeof(string))
            return ("文本", "a text in quotes");
        if (type == typeof(bool))
            return (" true 或 false", "true or false");
        return type == typeof(DateOnly)
            ? ("日期 \"yyyy-MM-dd\"", "a day \"yyyy-MM-dd\"")
            : ("数字，如 0.13", "a number such as 0.13");
    }

    static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? type.GetGenericArguments()[0]
            : null;

    /// <summary>On which line a byte stands. Asked in order only: each byte is looked at once, however large the file is.</summary>
    ref struct LineCount(ReadOnlySpan<byte> json)
    {
        readonly ReadOnlySpan<byte> _json = json;
        int _counted;
        int _line = 1;

        public int At(long index)
        {
            _line += _json[_counted..(int)index].Count((byte)'\n');
            _counted = (int)index;
            return _line;
        }
    }

    /// <summary>Where the entries stand; ends at the first place that is no JSON.</summary>
    static List<Place> Places(ReadOnlySpan<byte> json, List<FileFault> faults)
    {
        var places = new List<Place>();
        var line = new LineCount(json);
        var reader = new Utf8JsonReader(
            json,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                faults.Add(
                    new(
                        line.At(reader.TokenStartIndex),
                        "$",
                        "应为列表 [ … ]。The file must be a list [ … ]."
                    )
                );
                return places;
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    places.Add(PlaceOf(ref line, ref reader));
                    continue;
                }
                faults.Add(
                    new(
                        line.At(reader.TokenStartIndex),
                        $"$[{places.Count}]",
                        "应为 { … }。An entry must be { … }."
                    )
                );
                reader.Skip();
            }
            reader.Read();
        }
        catch (JsonException e)
        {
            faults.Add(
                new(
                    (int)(e.LineNumber ?? 0) + 1,
                    "$",
                    "此处不是 JSON。It is no JSON here; look for a comma, quote or bracket."
                )
            );
        }
        return places;
    }

    static Place PlaceOf(ref LineCount line, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        var firstLine = line.At(start);
        var depth = reader.CurrentDepth;
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var fields = new List<string>();
        var nothings = new List<string>();
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            var name = reader.GetString()!;
            fields.Add(name);
            lines[name] = line.At(reader.TokenStartIndex);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
                LinesOfItems(ref line, ref reader, name, lines, nothings);
            else
                reader.Skip();
        }
        return new(start, (int)reader.BytesConsumed, firstLine, lines, fields, nothings);
    }

    static void LinesOfItems(
        ref LineCount line,
        ref Utf8JsonReader reader,
        string name,
        Dictionary<string, int> lines,
        List<string> nothings
    )
    {
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            lines[$"{name}[{i}]"] = line.At(reader.TokenStartIndex);
            if (reader.TokenType == JsonTokenType.Null)
                nothings.Add($"{name}[{i}]");
            reader.Skip();
        }
    }
}
