using System.Text.Json;
using System.Text.Json.Serialization;
using ClearanceEngine.Ceb;
using ClearanceEngine.Parcels;
using ClearanceEngine.Rules;
using ClearanceEngine.SignedMessages;
using ClearanceEngine.Subscribers;
using ClearanceEngine.Unmatched;

namespace ClearanceEngine.Silo.Storage;

/// <summary>Stored state as people can read it: JSON with the fields' names, id numbers masked.</summary>
static class StateJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
            new DocumentConverter(),
            new EffectConverter(),
        },
    };

    /// <summary>The kinds of state by the prefix of their grains' keys.</summary>
    static readonly Dictionary<
        string,
        (string Name, Func<StateFormat, RowKey, StateRow, object> Read)
    > Kinds = new(StringComparer.Ordinal)
    {
        ["p/"] = ("parcel", (format, key, row) => format.Read<StoredParcel>(key, row).State.Order),
        ["s/"] = ("subscriber", (format, key, row) => format.Read<QuotaState>(key, row).State),
        ["w/"] = ("waiting", (format, key, row) => format.Read<UnmatchedNews>(key, row).State),
        ["r/"] = ("waiting-receipt", (format, key, row) => format.Read<UnmatchedReceipts>(key, row).State),
        ["m/"] = ("signed-message", (format, key, row) => format.Read<SignedMessage>(key, row).State),
    };

    /// <summary>The state of a grain; null when nothing is stored.</summary>
    /// <exception cref="InvalidDataException">The key is of no kind, or its bytes do not decrypt with the keys at hand.</exception>
    public static async Task<string?> Show(IStateDatabase database, StateFormat format, string grainKey)
    {
        if (grainKey.Length < 3 || !Kinds.TryGetValue(grainKey[..2], out var kind))
            throw new InvalidDataException(
                $"'{Clip.To(grainKey, 100)}' is no grain's key; keys begin with p/ (parcels: p/orderNo), s/ (subscriber), w/ (waiting documents), r/ (waiting receipts) or m/ (signed message)."
            );
        var key = new RowKey(kind.Name, grainKey);
        return (await database.Read([key]))[0] is { } row ? Write(key, row, format) : null;
    }

    /// <summary>A row in words, as it may stand on a terminal; an escape within a string means what was there before.</summary>
    public static string Write(RowKey key, StateRow stored, StateFormat format)
    {
        var row = new
        {
            grain = key.GrainKey,
            kind = key.GrainType,
            version = stored.Version,
            bytes = stored.Payload.Length,
            journalBytes = stored.Journal.Sum(journal => journal.Length),
            state = Kinds[key.GrainKey[..2]].Read(format, key, stored),
        };
        var numbers = row.state is OrderParcels order
            ? order.Parcels.SelectMany(BusinessNumbers.Of).ToArray()
            : [];
        return VisibleText.Lines(IdNumbers.Mask(JsonSerializer.Serialize(row, Options), numbers));
    }

    /// <summary>A document by the wire's names.</summary>
    sealed class DocumentConverter : JsonConverter<CebDocument>
    {
        public override CebDocument Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, CebDocument value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteStartObject(value.Schema.Root);
            CebJson.WriteHead(writer, value);
            writer.WriteEndObject();
            if (value.Schema.Line is { } line)
            {
                writer.WritePropertyName(line.Name);
                CebJson.WriteLines(writer, value);
            }
            writer.WriteEndObject();
        }
    }

    /// <summary>With what each kind of effect has beside its name.</summary>
    sealed class EffectConverter : JsonConverter<Effect>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(Effect);

        public override Effect Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Effect value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
